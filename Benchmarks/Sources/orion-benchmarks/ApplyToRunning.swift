import OrionClient
import OrionCore

/// From the moment that a document is sent until every replica of it is seen to run.
struct ApplyToRunning {
    let replicas: Int
    let runs: Int

    func measure(_ cluster: Cluster) async throws -> Result {
        let clock = ContinuousClock()
        var values: [Double] = []
        for run in 1...runs {
            let name = ServiceName(rawValue: "sleep-\(replicas)-\(run)")
            let begin = clock.now
            try await cluster.apply(name, replicas: replicas)
            try await waitFor("\(replicas) replicas") {
                try await cluster.client.service(name).status.observed.ready == replicas ? true : nil
            }
            values.append((clock.now - begin).seconds)
            try await cluster.remove(name)
        }
        return Result(
            name: "apply → \(replicas == 1 ? "1 replica runs" : "\(replicas) replicas run")", unit: "s", values: values,
            aim: [1: 0.05, 10: 0.1, 100: 0.5][replicas], swarm: [1: 0.45, 10: 0.96, 100: 7.97][replicas])
    }
}
