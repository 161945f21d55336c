import OrionCore

/// Why a node takes no replica.
enum PlacementRefusal: Hashable, Sendable {
    case notConnected
    case leaving
    case draining
    case cordoned
    case full
    case noLease
    case port(Int)
    case cpu
    case memory

    /// The rest of a sentence that begins with how many nodes.
    func text(count: Int, of demand: Demand) -> String {
        let one = count == 1
        switch self {
        case .notConnected: return one ? "is not connected" : "are not connected"
        case .leaving: return one ? "is shutting down" : "are shutting down"
        case .draining: return one ? "is being drained" : "are being drained"
        case .cordoned: return one ? "is cordoned" : "are cordoned"
        case .full:
            return "\(one ? "has" : "have") the \(SchedulerLimits.replicasPerNode) replicas that a node takes"
        case .noLease:
            return "\(one ? "has an agent" : "have agents") that cannot keep disconnect.overlap: false"
        case .port(let port): return "\(one ? "has" : "have") port \(port) in use"
        case .cpu: return "\(one ? "lacks" : "lack") \(Self.amount(demand.cpuThousandths, per: 1000)) cores"
        case .memory: return "\(one ? "lacks" : "lack") \(Self.amount(demand.memoryKiB, per: 1024)) MiB of memory"
        }
    }

    private static func amount(_ value: Int64, per unit: Int64) -> String {
        value % unit == 0 ? String(value / unit) : String(Double(value) / Double(unit))
    }
}

extension NodeState {
    /// Why it takes no replica with this demand; nil if it does. `released` is what would be given back before.
    func refusal(of demand: Demand, releasing released: Demand? = nil) -> PlacementRefusal? {
        if isLeaving { return .leaving }
        guard presence == .connected else { return .notConnected }
        if stored.isDraining { return .draining }
        if !stored.isSchedulable { return .cordoned }
        if demand.needsLease, stored.protocol == nil { return .noLease }
        return allocation.refusal(of: demand, capacity: stored.capacity, releasing: released)
    }
}

extension Allocation {
    /// What there is too little of for this demand beside what is held; nil if it fits.
    func refusal(of demand: Demand, capacity: Capacity?, releasing released: Demand? = nil) -> PlacementRefusal? {
        if replicas - (released == nil ? 0 : 1) >= SchedulerLimits.replicasPerNode { return .full }
        for port in demand.ports {
            let holders = ports[port, default: 0] - (released?.ports.contains(port) == true ? 1 : 0)
            if holders > 0 { return .port(port.number) }
        }
        if demand.cpuThousandths > 0, let cores = capacity?.cpu {
            let held = cpuThousandths - (released?.cpuThousandths ?? 0)
            if held + demand.cpuThousandths > Demand.cpuThousandths(cores) { return .cpu }
        }
        if demand.memoryKiB > 0, let mebibytes = capacity?.memory {
            let held = memoryKiB - (released?.memoryKiB ?? 0)
            if held + demand.memoryKiB > Demand.memoryKiB(mebibytes) { return .memory }
        }
        return nil
    }
}
