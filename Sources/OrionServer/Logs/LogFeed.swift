import OrionCore

/// One output as one client sees it. Confined to the hub.
final class LogFeed {
    let output: LogOutput
    let node: NodeID
    /// The node's name, for people.
    let nodeName: String
    let start: LogStart
    let follower: Int
    /// The byte of the file that the next line begins with; nil until that is known.
    var place: Int64?
    /// Where it reads; nil while its node is not connected.
    var reader: LogReader?
    /// Whether everything of it was shown that there will be.
    var isDone = false

    init(_ output: LogOutput, on node: NodeID, named nodeName: String, start: LogStart, follower: Int) {
        self.output = output
        self.node = node
        self.nodeName = nodeName
        self.start = start
        self.follower = follower
        if case .offset(let offset) = start { place = offset }
    }
}
