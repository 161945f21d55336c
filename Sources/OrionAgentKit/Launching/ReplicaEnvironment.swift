import Glibc

/// A replica's environment, made from scratch: what is not named here does not leak from the agent into a service.
enum ReplicaEnvironment {
    /// What a replica takes over from its agent. Programs find their interpreters, their home and their alphabet by these.
    static let inherited = ["PATH", "HOME", "LANG"]

    /// The agent's PATH, HOME and LANG, where set; over them the service's own; over those Orion's. Sorted by name.
    static func make(
        agent: [String: String], service: [String: String], orion: [String: String]
    ) -> [(name: String, value: String)] {
        agent.filter { inherited.contains($0.key) }
            .merging(service) { $1 }
            .merging(orion) { $1 }
            .sorted { $0.key < $1.key }
            .map { (name: $0.key, value: $0.value) }
    }

    /// Where a replica's program is looked for if its agent has no PATH.
    private static let standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The environment of this process, as far as replicas inherit it.
    static func ofAgent() -> [String: String] {
        inherited.reduce(into: ["PATH": standardPath]) { environment, name in
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
    }
}
