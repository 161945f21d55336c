/// The stable identity of a machine's agent, chosen by the agent (`hello.nodeId`).
public struct NodeID: OrionIdentifier {
    /// The id as the agent says it.
    public let rawValue: String
    /// Wraps an agent's id.
    public init(rawValue: String) { self.rawValue = rawValue }
}
