import OrionCore

/// One file of output: what everything about logs is about.
struct LogOutput: Hashable, Sendable {
    var replica: ReplicaID
    var stream: LogStream
}
