import HashTreeCollections
import OrionCore

/// Services that found no place, by what they ask for: where nothing of a demand fits, none that asks for it is looked at.
struct WaitingList: Sendable {
    /// What a service asks for.
    private struct Entry: Equatable, Sendable {
        var demands: [Demand]
        var isRolling: Bool
    }

    /// Those that ask for the same.
    struct Group: Sendable {
        let demand: Demand
        let names: SortedTree<ServiceName>
    }

    private var entries: TreeDictionary<ServiceName, Entry> = [:]
    private var namesByDemand: TreeDictionary<Demand, SortedTree<ServiceName>> = [:]
    /// Those with old replicas, one of which may have to go first to make room.
    private(set) var rolling = SortedTree<ServiceName>()

    var isEmpty: Bool { entries.isEmpty }

    /// The groups, in an order that is the same in every process.
    var groups: [Group] {
        namesByDemand.map { Group(demand: $0.key, names: $0.value) }
            .sorted { left, right in
                guard let first = left.names.first, let second = right.names.first, first != second else {
                    return left.demand < right.demand
                }
                return first < second
            }
    }

    func contains(_ name: ServiceName) -> Bool { entries[name] != nil }

    mutating func insert(_ service: ServiceState) {
        var demands = [service.current.demand]
        if let other = service.generations[service.replacementGeneration]?.demand, other != demands[0] {
            demands.append(other)
        }
        let entry = Entry(demands: demands, isRolling: service.members.count(.outdated) > 0)
        guard entries[service.name] != entry else { return }
        remove(service.name)
        entries[service.name] = entry
        for demand in demands { namesByDemand[demand, default: SortedTree()].insert(service.name) }
        if entry.isRolling { rolling.insert(service.name) }
    }

    mutating func remove(_ name: ServiceName) {
        guard let entry = entries.removeValue(forKey: name) else { return }
        for demand in entry.demands {
            namesByDemand[demand]?.remove(name)
            if namesByDemand[demand]?.isEmpty == true { namesByDemand[demand] = nil }
        }
        if entry.isRolling { rolling.remove(name) }
    }
}
