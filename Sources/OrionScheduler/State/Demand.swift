import OrionCore

/// A port number that a service names, with its transport: two replicas cannot hold the same on one node.
struct FixedPort: Hashable, Comparable, Sendable {
    let number: Int
    let transport: Port.TransportProtocol

    static func < (left: FixedPort, right: FixedPort) -> Bool {
        (left.number, left.transport.rawValue) < (right.number, right.transport.rawValue)
    }
}

/// What a replica holds on its node, in whole units, so that adding and taking away never drifts.
struct Demand: Hashable, Comparable, Sendable {
    /// Thousandths of a core.
    var cpuThousandths: Int64 = 0
    /// KiB.
    var memoryKiB: Int64 = 0
    /// Fixed ports.
    var ports: [FixedPort] = []
    /// An agent that ends it by itself where the control plane is out of reach (`overlap: false`).
    var needsLease = false

    init() {}

    init(_ specification: ServiceSpecification) {
        cpuThousandths = Demand.cpuThousandths(specification.resources.cpu ?? 0)
        memoryKiB = Demand.memoryKiB(specification.resources.memory ?? 0)
        ports = specification.ports.compactMap { port in
            port.port.map { FixedPort(number: $0, transport: port.protocol) }
        }
        needsLease = !specification.disconnect.overlap
    }

    static func < (left: Demand, right: Demand) -> Bool {
        let (mine, theirs) = ((left.cpuThousandths, left.memoryKiB), (right.cpuThousandths, right.memoryKiB))
        guard mine == theirs else { return mine < theirs }
        guard left.ports == right.ports else { return left.ports.lexicographicallyPrecedes(right.ports) }
        return !left.needsLease && right.needsLease
    }

    static func cpuThousandths(_ cores: Double) -> Int64 { whole(cores * 1000) }
    static func memoryKiB(_ mebibytes: Double) -> Int64 { whole(mebibytes * 1024) }

    /// The nearest whole number; what no machine has is cut, so that sums of many never overflow.
    private static func whole(_ value: Double) -> Int64 {
        value.isNaN ? 0 : Int64(min(max(value, 0), 1e12) + 0.5)
    }
}

/// What is held on a node.
struct Allocation: Hashable, Sendable {
    /// How many replicas hold something.
    private(set) var replicas = 0
    /// Thousandths of a core.
    private(set) var cpuThousandths: Int64 = 0
    /// KiB.
    private(set) var memoryKiB: Int64 = 0
    /// How many hold each fixed port: more than one only where an agent brought back what was given up.
    private(set) var ports: [FixedPort: Int] = [:]

    mutating func add(_ demand: Demand) {
        replicas += 1
        cpuThousandths += demand.cpuThousandths
        memoryKiB += demand.memoryKiB
        for port in demand.ports { ports[port, default: 0] += 1 }
    }

    mutating func subtract(_ demand: Demand) {
        replicas -= 1
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
