import Glibc
import OrionCore
import OrionScheduler

/// What a start on a large state costs in its one thread, without a store and sockets: loading, then each node's hello.
struct Start {
    let services: Int
    let replicasEach: Int
    let nodes: Int
    let rounds: Int

    func measure() throws -> [Result] {
        let (stored, hellos) = (stored, hellos)
        var loading: [Double] = []
        var greeting: [Double] = []
        for _ in 0..<rounds {
            var state: ClusterState?
            let options = ReconcilerOptions()
            loading.append(
                try CPUClock.thisThread.seconds {
                    state = try ClusterState(loading: stored, options: options, now: moment(0))
                })
            guard var state else { continue }
            var random = SystemRandomNumberGenerator()
            _ = Reconciler.step(&state, [], now: moment(0), random: &random)
            greeting.append(
                try CPUClock.thisThread.seconds {
                    for hello in hellos { _ = Reconciler.step(&state, [hello], now: moment(1), random: &random) }
                })
        }
        let what = "\(services * replicasEach) replicas of \(services) services"
        return [
            Result(name: "\(what) are loaded", unit: "s", values: loading),
            Result(name: "\(what) are heard of, in \(nodes) hellos", unit: "s", values: greeting),
        ]
    }

    private func moment(_ seconds: Int64) -> Moment {
        Moment(
            monotonic: Instant(nanoseconds: (1 + seconds) * 1_000_000_000),
            wall: Timestamp(milliseconds: 1_764_150_000_000 + 1_000 * seconds))
    }

    private func name(_ service: Int) -> ServiceName { ServiceName(rawValue: "sleep-\(service)") }
    private func node(of replica: Int) -> NodeID { NodeID(rawValue: "node-\(replica % nodes)") }
    private func id(_ replica: Int) -> ReplicaID {
        ReplicaID(service: name(replica / replicasEach), fence: Fence(rawValue: UInt64(replica + 1)))
    }

    private var stored: StoredState {
        var state = StoredState(cluster: StoredCluster(clusterId: "benchmark"))
        let time = moment(0).wall
        for number in 0..<services {
            var specification = ServiceSpecification(name: name(number))
            specification.replicas = replicasEach
            var service = StoredService(
                name: specification.name, id: "\(number)", config: "all", generation: 1, createdAt: time)
            service.observedGeneration = 1
            service.provenGeneration = 1
            var generation = StoredGeneration(
                service: specification.name, generation: 1, restartFrom: 1, createdAt: time,
                specification: OrionJSON.encode(specification))
            generation.ending = RolloutEnding(.complete)
            state.services.append(service)
            state.generations.append(generation)
        }
        for number in 0..<nodes {
            var node = StoredNode(id: node(of: number), name: "node-\(number)", address: "127.0.0.1")
            node.protocol = 1
            state.nodes.append(node)
        }
        for number in 0..<services * replicasEach {
            var replica = StoredReplica(
                id: id(number), service: name(number / replicasEach), node: node(of: number), generation: 1,
                fence: Fence(rawValue: UInt64(number + 1)), createdAt: time)
            replica.state = .ready
            replica.isKnown = true
            replica.startedAt = time
            state.replicas.append(replica)
        }
        state.cluster.lastFence = Fence(rawValue: UInt64(services * replicasEach))
        return state
    }

    private var hellos: [Event] {
        (0..<nodes).map { number in
            let id = node(of: number)
            var hello = Hello(nodeId: id, name: id.rawValue, address: "127.0.0.1")
            hello.protocol = 1
            hello.instanceId = id.rawValue
            hello.replicas = stride(from: number, to: services * replicasEach, by: nodes).map { replica in
                var status = ReplicaStatus(
                    service: name(replica / replicasEach), replicaId: self.id(replica), state: .ready)
                status.generation = 1
                status.restarts = 0
                status.startedAt = moment(0).wall
                return status
            }
            return .session(SessionID(rawValue: UInt64(number + 1)), .hello(hello, address: "127.0.0.1"))
        }
    }
}
