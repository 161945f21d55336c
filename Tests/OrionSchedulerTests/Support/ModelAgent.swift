import OrionCore

@testable import OrionScheduler

/// An agent as the contract describes it, without processes: it obeys and reports.
struct ModelAgent {
    struct Record {
        var service: ServiceName
        var phase: ReplicaPhase
        var generation: Int
        var restarts = 0
        var specification: SharedSpecification
        /// Whether its process was started as one that must not run twice.
        var isBound = false
        /// Whether it never becomes ready, on any node.
        var isHopeless: Bool { specification.value.entry == "hopeless.ts" }
    }

    let id: NodeID
    /// Whether it speaks the base fields alone; it reports nothing of its own accord then.
    var isBase = false
    var capacity: Capacity?
    var instance = 1
    var records: [ReplicaID: Record] = [:]
    /// Every replica that it ever started a process for.
    var launched: [ReplicaID] = []
    var session: SessionID?
    /// What it said and nobody took yet.
    var uplink: [SessionEvent] = []
    /// What it was told and has not taken yet.
    var downlink: [ControlMessage] = []
    /// Everything it was told, in short.
    var heard: [String] = []
    /// Services whose processes do not become ready.
    var broken: Set<ServiceName> = []
    /// When it last had a session, by its leases.
    var lastContact = Instant.start
    /// Whether it takes in nothing.
    var isDeaf = false

    init(_ id: NodeID) { self.id = id }

    var live: [ReplicaID] { records.filter { !$0.value.phase.isFinal }.keys.sorted() }

    var hello: Hello {
        var hello = Hello(nodeId: id, name: id.rawValue, address: "\(id).example")
        guard !isBase else { return hello }
        hello.protocol = 1
        hello.instanceId = "\(id)-\(instance)"
        hello.capacity = capacity
        hello.replicas = records.keys.sorted().compactMap { status($0) }
        return hello
    }

    var digest: String {
        var digest = ReplicaDigest()
        for (id, record) in records { digest.toggle(id, record.phase) }
        return digest.description
    }

    func status(_ id: ReplicaID) -> ReplicaStatus? {
        guard let record = records[id] else { return nil }
        var status = ReplicaStatus(service: record.service, replicaId: id, state: record.phase)
        guard !isBase else { return status }
        status.generation = record.generation
        status.restarts = record.restarts
        if record.phase == .failed { status.exitCode = 1 }
        return status
    }

    mutating func report(_ id: ReplicaID) {
        guard session != nil, let status = status(id) else { return }
        uplink.append(.status(status))
    }

    mutating func set(_ id: ReplicaID, _ phase: ReplicaPhase) {
        records[id]?.phase = phase
        let overlaps = records[id]?.specification.value.disconnect.overlap ?? true
        if phase == .starting { records[id]?.isBound = !overlaps }
        report(id)
    }

    /// Takes in one message.
    mutating func obey(_ message: ControlMessage) {
        switch message {
        case .welcome: heard.append("welcome")
        case .sync:
            heard.append("sync")
            uplink.append(.hello(hello, address: "\(id)"))
        case .unknown, .logs: break
        case .launch(let launch):
            heard.append("launch \(launch.replicaId)")
            // One that knows the base fields alone keeps no records: it would start a second process.
            if isBase || records[launch.replicaId] == nil {
                launched.append(launch.replicaId)
                records[launch.replicaId] = Record(
                    service: launch.service.value.name, phase: .starting, generation: launch.generation ?? 0,
                    specification: launch.service, isBound: !launch.service.value.disconnect.overlap)
            }
            if !isBase { report(launch.replicaId) }
        case .stop(let stop): obey(stop)
        case .update(let update):
            heard.append("update \(update.serviceName)")
            for (id, record) in records.sorted(by: { $0.key < $1.key })
            where record.service == update.serviceName && !record.phase.isFinal {
                let isNewer = (update.generation ?? .max) >= record.generation
                if isNewer, !update.config.value.needsNewProcesses(comparedWith: record.specification.value) {
                    records[id]?.specification = update.config
                    records[id]?.generation = update.generation ?? 0
                }
                if !isBase { report(id) }
            }
        }
    }

    private mutating func obey(_ stop: Stop) {
        heard.append("stop \(stop.replicaId)")
        guard let record = records[stop.replicaId] else {
            let status = ReplicaStatus(service: stop.serviceName, replicaId: stop.replicaId, state: .stopped)
            return uplink.append(.status(status))
        }
        guard record.phase.isFinal else {
            if record.phase != .stopping { set(stop.replicaId, .stopping) }
            return
        }
        records[stop.replicaId] = nil
        uplink.append(
            .status(ReplicaStatus(service: stop.serviceName, replicaId: stop.replicaId, state: .stopped)))
    }

    /// Ends what has to be stopped by now without a control plane: as late as the contract allows.
    mutating func endLeases(at now: Instant) {
        for (id, record) in records where !record.phase.isFinal {
            let specification = record.specification.value
            guard let seconds = specification.disconnect.stopAfterSeconds else { continue }
            let end = lastContact.advanced(bySeconds: seconds + specification.stop.gracePeriodSeconds)
            if end <= now { records[id]?.phase = .stopped }
        }
    }

    /// Ends what must not outlive its agent.
    mutating func endUnleased() {
        for (id, record) in records where !record.phase.isFinal && !record.specification.value.disconnect.overlap {
            records[id]?.phase = .stopped
        }
    }

    /// Lets every process go one step further; whether one did.
    mutating func progress() -> Bool {
        var moved = false
        for (id, record) in records.sorted(by: { $0.key < $1.key }) {
            switch record.phase {
            case .starting: set(id, .running)
            case .running where !broken.contains(record.service) && !record.isHopeless: set(id, .ready)
            case .stopping: set(id, .stopped)
            default: continue
            }
            moved = true
        }
        return moved
    }
}
