/// A process that was started as a replica of this node, and that no record names.
struct StrayReplica: Hashable, Sendable {
    let id: String
    let pid: Int32
}
