import Glibc
import OrionClient
import OrionCore

/// From the moment that one of several agents is gone until the replicas that it had run elsewhere.
struct Failover {
    /// How an agent goes.
    enum Departure {
        /// It stops where it is (SIGSTOP): its connection stays, and nothing comes from it.
        case silence
        /// It is asked to end (SIGTERM), says so, and stops its replicas.
        case goodbye
    }

    static let nodes = 5
    static let timeoutSeconds = 3

    let departure: Departure
    let replicas: Int
    let runs: Int

    func measure(programs: String) async throws -> Result {
        var values: [Double] = []
        for _ in 1...runs { values.append(try await run(programs)) }
        switch departure {
        case .silence:
            return Result(
                name: "silence of 1 of \(Self.nodes) nodes → \(replicas) run (timeout \(Self.timeoutSeconds) s)",
                unit: "s", values: values, aim: 3.5, swarm: 17.0)
        case .goodbye:
            return Result(
                name: "goodbye of 1 of \(Self.nodes) nodes → \(replicas) run", unit: "s", values: values, aim: 0.3)
        }
    }

    private func run(_ programs: String) async throws -> Double {
        try await Cluster.running(
            programs: programs, agents: Self.nodes, timeoutSeconds: Self.timeoutSeconds
        ) { cluster in
            let name = ServiceName(rawValue: "sleep")
            try await cluster.apply(name, replicas: replicas)
            let node = "node-1"
            try await waitFor("the replicas") {
                let instances = try await cluster.client.service(name).status.instances
                return instances.count { $0.state == .ready } == replicas && instances.contains { $0.node == node }
                    ? true : nil
            }
            let agent = cluster.agents[0]
            let clock = ContinuousClock()
            let begin = clock.now
            kill(agent.id, departure == .silence ? SIGSTOP : SIGTERM)
            try await waitFor("the replacements") {
                let instances = try await cluster.client.service(name).status.instances
                return instances.count { $0.state == .ready && $0.node != node } == replicas ? true : nil
            }
            let seconds = (clock.now - begin).seconds
            if departure == .silence {
                kill(agent.id, SIGCONT)
                // It has the replicas that were replaced stopped, and leaves no process behind.
                try await waitFor("the node to be back") {
                    let isBack = try await cluster.client.nodes().contains { $0.name == node && $0.status == .ready }
                    let count = try await cluster.client.service(name).status.instances.count
                    return isBack && count == replicas ? true : nil
                }
            }
            return seconds
        }
    }
}
