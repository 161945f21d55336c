import HashTreeCollections
public import OrionCore

extension ClusterState {
    /// The state that a store held, as a control plane finds it when it starts at `now`.
    ///
    /// Throws where a stored specification cannot be read. Every service is looked at in the first step.
    public init(loading stored: StoredState, options: ReconcilerOptions, now: Moment) throws(OrionError) {
        self.init(cluster: stored.cluster, options: options)
        loadedAt = now.monotonic
        for configuration in stored.configurations { configurations[configuration.name] = configuration }
        try loadServices(stored)
        for node in stored.nodes.sorted(by: { $0.id < $1.id }) { addNode(NodeState(stored: node)) }
        loadReplicas(stored.replicas, at: now.monotonic)
        unreviewed = serviceNames
        let end = now.monotonic.advanced(bySeconds: options.heartbeatTimeoutSeconds)
        startGrace = StartGrace(start: now.monotonic)
        timers.schedule(.startGrace, at: end)
        // The first step comes at once, and looks at everything.
        if !unreviewed.isEmpty { timers.schedule(.atOnce, at: now.monotonic) }
    }

    private mutating func loadServices(_ stored: StoredState) throws(OrionError) {
        var generations: [ServiceName: [Int: ServiceState.Generation]] = [:]
        for generation in stored.generations {
            let value: ServiceSpecification
            do {
                value = try OrionJSON.decode(ServiceSpecification.self, from: generation.specification)
            } catch {
                throw OrionError(
                    error.code,
                    "The stored specification of \(generation.service), generation \(generation.generation), cannot be"
                        + " read: \(error.message)", issues: error.issues)
            }
            var kept = ServiceState.Generation(
                specification: SharedSpecification(value, json: generation.specification),
                restartFrom: generation.restartFrom, createdAt: generation.createdAt)
            kept.fields = generation.fields
            kept.undoes = generation.undoes
            kept.ending = generation.ending
            generations[generation.service, default: [:]][generation.generation] = kept
        }
        for service in stored.services {
            let kept = generations[service.name] ?? [:]
            guard let current = kept[service.generation] else {
                throw OrionError(
                    .invalid, "The stored service \(service.name) has no generation \(service.generation).")
            }
            setService(service.name, ServiceState(stored: service, generations: kept, current: current))
        }
    }

    private mutating func loadReplicas(_ replicas: [StoredReplica], at now: Instant) {
        var successors: [ReplicaID: ReplicaID] = [:]
        let replicas = replicas.sorted { $0.id < $1.id }
        for replica in replicas { if let replaced = replica.replaces { successors[replaced] = replica.id } }
        for replica in replicas {
            guard let service = services[replica.service] else { continue }
            if nodes[replica.node] == nil {
                addNode(
                    NodeState(stored: StoredNode(id: replica.node, name: replica.node.rawValue, address: "")))
            }
            // A generation that is gone can only be one that nothing is started from any more.
            let generation = service.generations[replica.generation] ?? service.current
            var state = ReplicaState(stored: replica, generation: generation)
            // One that still runs is only to be replaced, once its successor has proved itself.
            if replica.state.isFinal || replica.state == .lost || replica.state == .stopping {
                state.replacedBy = successors[replica.id]
            }
            // How long its node has been gone already, nobody knows any more: it counts as gone since this start.
            let isAway = replica.state == .lost || replica.state == .stopping
            if replica.intent == .run, isAway { state.replaceAt = .never }
            if replica.intent == .stop, !state.specification.value.disconnect.overlap { state.replaceAt = .never }
            // Which of those that are kept its agent holds, nobody knows any more either.
            state.confirmedGeneration = service.generations.keys.min() ?? replica.generation
            if replica.state == .ready { state.readySince = now }
            if replica.state.isRunning { state.aliveSince = now }
            state.isInDoubt = !replica.isKnown && nodes[replica.node]?.stored.protocol == nil
            if replica.intent == .run, !service.hasStarted { services[replica.service]?.hasStarted = true }
            setReplica(replica.id, state, at: now)
        }
        for name in serviceNames {
            guard let stored = services[name]?.stored else { continue }
            let hasBeen = stored.observedGeneration > 0 || stored.provenGeneration >= stored.firstGeneration
            if hasBeen { services[name]?.hasStarted = true }
        }
    }
}
