import OrionCore

/// What a replica holds on its node, in whole units, so that adding and taking away never drifts.
struct Demand: Hashable, Sendable {
    /// Thousandths of a core.
    var cpuThousandths: Int64 = 0
    /// KiB.
    var memoryKiB: Int64 = 0
    /// Fixed ports.
    var ports: [Int] = []

    init() {}

    init(_ specification: ServiceSpecification) {
        self.init(specification.resources)
        ports = specification.ports.compactMap(\.port)
    }

    init(_ resources: Resources) {
        cpuThousandths = Int64(((resources.cpu ?? 0) * 1000).rounded())
        memoryKiB = Int64(((resources.memory ?? 0) * 1024).rounded())
    }
}

/// What is held on a node.
struct Allocation: Hashable, Sendable {
    /// Thousandths of a core.
    private(set) var cpuThousandths: Int64 = 0
    /// KiB.
    private(set) var memoryKiB: Int64 = 0
    /// How many hold each fixed port: more than one only where an agent brought back what was given up.
    private(set) var ports: [Int: Int] = [:]

    mutating func add(_ demand: Demand) {
        cpuThousandths += demand.cpuThousandths
        memoryKiB += demand.memoryKiB
        for port in demand.ports { ports[port, default: 0] += 1 }
    }

    mutating func subtract(_ demand: Demand) {
        cpuThousandths -= demand.cpuThousandths
        memoryKiB -= demand.memoryKiB
        for port in demand.ports {
            guard let holders = ports[port], holders > 1 else {
                ports[port] = nil
                continue
            }
            ports[port] = holders - 1
        }
    }

    /// As people read it: cores and MiB.
    var asCapacity: Capacity {
        Capacity(cpu: Double(cpuThousandths) / 1000, memory: Double(memoryKiB) / 1024)
    }
}
