package import OrionCore

/// What an agent that obeys does, without any connection: its ledger, and what it says to each order.
package struct AgentModel: Sendable {
    /// Every replica that it holds a record of.
    package private(set) var records: [ReplicaID: ReplicaStatus]

    /// What each of them was launched with, or was last updated to.
    private var specifications: [ReplicaID: SharedSpecification] = [:]

    /// Every replica that it ever started a process for, in order.
    package private(set) var started: [ReplicaID] = []

    /// An agent with these records.
    package init(records: [ReplicaID: ReplicaStatus] = [:]) { self.records = records }

    /// Does what a message says, and returns what it reports, in order. `sync` is for its owner to answer.
    package mutating func obey(_ message: ControlMessage) -> [ReplicaStatus] {
        switch message {
        case .launch(let launch): self.launch(launch)
        case .stop(let stop): self.stop(stop)
        case .update(let update): take(update)
        case .welcome, .sync, .logs, .unknown: []
        }
    }

    /// Lets a replica get into a state, and returns what it reports.
    package mutating func change(_ id: ReplicaID, to state: ReplicaPhase) -> ReplicaStatus? {
        records[id]?.state = state
        return records[id]
    }

    /// Who it is and what it holds.
    package func hello(_ nodeId: NodeID, capacity: Capacity? = nil, speaksProtocol: Bool = true) -> Hello {
        var hello = Hello(nodeId: nodeId, name: nodeId.rawValue, address: "127.0.0.1")
        guard speaksProtocol else { return hello }
        hello.protocol = 1
        hello.instanceId = "instance-\(nodeId)"
        hello.capacity = capacity
        hello.replicas = records.values.sorted { $0.replicaId < $1.replicaId }
        return hello
    }

    private mutating func launch(_ launch: Launch) -> [ReplicaStatus] {
        if let record = records[launch.replicaId] { return [record] }
        var status = ReplicaStatus(service: launch.service.value.name, replicaId: launch.replicaId, state: .starting)
        status.generation = launch.generation
        status.restarts = 0
        records[launch.replicaId] = status
        specifications[launch.replicaId] = launch.service
        started.append(launch.replicaId)
        return [ReplicaPhase.starting, .running, .ready].compactMap { change(launch.replicaId, to: $0) }
    }

    private mutating func stop(_ stop: Stop) -> [ReplicaStatus] {
        guard let record = records[stop.replicaId] else {
            return [ReplicaStatus(service: stop.serviceName, replicaId: stop.replicaId, state: .stopped)]
        }
        if record.state.isFinal { records[stop.replicaId] = nil } else { records[stop.replicaId]?.state = .stopped }
        var report = record
        report.state = .stopped
        return [report]
    }

    /// Takes a change over where it is newer and needs no new processes; says what holds either way.
    private mutating func take(_ update: Update) -> [ReplicaStatus] {
        let taken = records.values.filter { $0.service == update.serviceName && !$0.state.isFinal }
        return taken.sorted { $0.replicaId < $1.replicaId }.compactMap { record in
            let id = record.replicaId
            let isOlder = (update.generation ?? .max) < (record.generation ?? 0)
            let old = specifications[id]?.value ?? update.config.value
            guard !isOlder, !update.config.value.needsNewProcesses(comparedWith: old) else { return record }
            specifications[id] = update.config
            records[id]?.generation = update.generation ?? record.generation
            return records[id]
        }
    }
}
