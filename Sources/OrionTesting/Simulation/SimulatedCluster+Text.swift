import OrionCore
import OrionScheduler

/// What happens, in a few words.
extension SimulatedCluster {
    static func text(_ event: Event) -> String {
        switch event {
        case .request(let id, let request): "request \(id.rawValue) \(text(request))"
        case .session(let session, let event): "\(session) \(text(event))"
        }
    }

    static func text(_ event: SessionEvent) -> String {
        switch event {
        case .hello(let hello, _):
            "hello \(hello.nodeId) \(hello.replicas.map { $0.map(text).joined(separator: ", ") } ?? "base")"
        case .heartbeat(let beat, _): "heartbeat \(beat.digest ?? "")"
        case .status(let status): "status \(text(status))"
        case .leaving: "leaving"
        case .goodbye: "goodbye"
        case .closed(let since): "closed, silent since \(since.seconds(since: .start))"
        case .probed(let isAlive): "probed \(isAlive)"
        case .undelivered(let id): "undelivered \(id)"
        }
    }

    static func text(_ status: ReplicaStatus) -> String {
        "\(status.replicaId) \(status.state) g\(status.generation ?? 0) r\(status.restarts ?? 0)"
    }

    static func text(_ message: ControlMessage) -> String {
        switch message {
        case .welcome: "welcome"
        case .launch(let launch): "launch \(launch.replicaId) g\(launch.generation ?? 0)"
        case .stop(let stop): "stop \(stop.replicaId)"
        case .update(let update): "update \(update.serviceName) g\(update.generation ?? 0)"
        case .sync: "sync"
        case .logs: "logs"
        case .unknown(let type): type
        }
    }

    static func text(_ request: Request) -> String {
        guard case .apply(let apply) = request else { return "\(request)" }
        let services = apply.config.spec.services.map { service in
            "\(service.name) ×\(service.replicas) \(service.env) \(service.labels) \(service.restart.policy)"
        }
        return "apply\(apply.prunes ? " and prune" : ""): \(services.joined(separator: "; "))"
    }

    static func text(_ change: StateChange) -> String {
        switch change {
        case .cluster(let cluster): "fence \(cluster.lastFence) revision \(cluster.revision)"
        case .configuration(let configuration): "configuration \(configuration.name)"
        case .removeConfiguration(let name): "no configuration \(name)"
        case .service(let service):
            "\(service.name) g\(service.generation)/\(service.observedGeneration)\(service.isRemoving ? " removing" : "")"
        case .removeService(let name): "no \(name)"
        case .generation(let generation): "generation \(generation.generation) of \(generation.service)"
        case .removeGeneration(let name, let generation): "no generation \(generation) of \(name)"
        case .node(let node):
            "\(node.id)\(node.isSchedulable ? "" : " cordoned")\(node.isDraining ? " draining" : "")"
        case .removeNode(let id): "no \(id)"
        case .replica(let replica):
            "\(replica.id) on \(replica.node) g\(replica.generation) \(replica.intent) \(replica.state)"
                + (replica.replaces.map { " for \($0)" } ?? "")
        case .removeReplica(let id): "no \(id)"
        }
    }

    /// A change in numbers: two histories that decide otherwise have other hashes.
    static func mix(_ change: StateChange, into trace: inout SimulationTrace) {
        switch change {
        case .cluster(let cluster): trace.mix(Int64(cluster.lastFence.rawValue) &* 31 &+ cluster.revision)
        case .service(let service): trace.mix(Int64(service.generation) &* 31 &+ Int64(service.observedGeneration))
        case .replica(let replica):
            trace.mix(Int64(replica.fence.rawValue) &* 31 &+ Int64(replica.generation))
            for byte in replica.node.rawValue.utf8 { trace.mix(Int64(byte)) }
            for byte in replica.state.rawValue.utf8 { trace.mix(Int64(byte)) }
        case .removeReplica(let id): for byte in id.rawValue.utf8 { trace.mix(Int64(byte)) }
        default: trace.mix(1)
        }
    }
}
