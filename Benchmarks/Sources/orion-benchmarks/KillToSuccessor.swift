import Glibc
import OrionClient
import OrionCore

/// From kill -9 of a replica's process until another process is seen to run in its place.
struct KillToSuccessor {
    let runs: Int

    func measure(_ cluster: Cluster) async throws -> Result {
        let clock = ContinuousClock()
        var values: [Double] = []
        for run in 1...runs {
            // A service of its own for each run: the back-off of one that was killed before would be longer.
            let name = ServiceName(rawValue: "victim-\(run)")
            try await cluster.apply(name, replicas: 1)
            let replica = try await waitFor("the victim") {
                try await cluster.client.service(name).status.instances.first { $0.state == .ready }
            }
            guard let id = replica.replicaId, let process = process(of: id) else {
                throw BenchmarkError("no process of \(name) was found")
            }
            let begin = clock.now
            kill(process, SIGKILL)
            try await waitFor("the successor") {
                try await cluster.client.service(name).status.instances.first { instance in
                    instance.state == .ready && (instance.replicaId != id || (instance.restarts ?? 0) > 0)
                }
            }
            values.append((clock.now - begin).seconds)
            try await cluster.remove(name)
        }
        return Result(
            name: "kill -9 of a replica → its successor runs", unit: "s", values: values, aim: 0.15, swarm: 0.51)
    }

    /// The process that was started with that replica's id in its environment.
    private func process(of id: ReplicaID) -> pid_t? {
        let wanted = Array("ORION_REPLICA_ID=\(id)".utf8)
        guard let folder = opendir("/proc") else { return nil }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let process = pid_t(name) else { continue }
            if ProcFile("/proc/\(process)/environ").bytes.split(separator: 0).contains(where: { Array($0) == wanted }) {
                return process
            }
        }
        return nil
    }
}
