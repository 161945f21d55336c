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

    private mutating func loadReplicas(_ stored: [StoredReplica], at now: Instant) {
        let stored = stored.sorted { $0.id < $1.id }
        var successors: [ReplicaID: ReplicaID] = [:]
        for replica in stored {
            if let replaced = replica.replaces { successors[replaced] = replica.id }
            if nodes[replica.node] == nil {
                addNode(NodeState(stored: StoredNode(id: replica.node, name: replica.node.rawValue, address: "")))
            }
        }
        let byService = Dictionary(grouping: stored, by: \.service)
        var placed: [NodeID: [ReplicaID]] = [:]
        for name in serviceNames {
            guard let service = services[name] else { continue }
            let replicas = (byService[name] ?? []).map { replica in
                loaded(replica, of: service, replacedBy: successors[replica.id], at: now)
            }
            let hasBeen =
                service.stored.observedGeneration > 0
                || service.stored.provenGeneration >= service.stored.firstGeneration
            services[name]?.hasStarted = hasBeen || replicas.contains { $0.stored.intent == .run }
            setReplicas(of: name, replicas, at: now)
            for replica in replicas { placed[replica.node, default: []].append(replica.id) }
        }
        for (id, replicas) in placed { nodes[id]?.replicas = SortedTree(sorted: replicas.sorted()) }
    }

    /// A replica as it is before its node is heard of; `successor` is what was placed instead of it.
    private func loaded(
        _ stored: StoredReplica, of service: ServiceState, replacedBy successor: ReplicaID?, at now: Instant
    ) -> ReplicaState {
        // A generation that is gone can only be one that nothing is started from any more.
        var replica = ReplicaState(
            stored: stored, generation: service.generations[stored.generation] ?? service.current)
        let isAway = stored.state == .lost || stored.state == .stopping
        // How long its node has been gone already, nobody knows any more: it counts as gone since this start.
        let isBound = !replica.specification.value.disconnect.overlap && !stored.state.isFinal
        // One that still runs is only to be replaced, once its successor has proved itself; and what must not run twice may
        // still run, whether that was placed because it was gone or because of a rollout.
        if stored.state.isFinal || isAway && !isBound { replica.replacedBy = successor }
        if stored.intent == .run ? isAway : isBound { replica.replaceAt = .never }
        // Which of the generations that are kept its agent holds, nobody knows any more either.
        replica.confirmedGeneration = service.generations.keys.min() ?? stored.generation
        if stored.state == .ready { replica.readySince = now }
        if stored.state.isRunning { replica.aliveSince = now }
        replica.isInDoubt = !stored.isKnown && nodes[stored.node]?.stored.protocol == nil
        return replica
    }
}
