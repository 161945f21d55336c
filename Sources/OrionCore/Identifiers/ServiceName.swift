/// The name of a service: a DNS label of at most 56 characters, unique in the cluster.
public struct ServiceName: OrionIdentifier {
    /// The plain name.
    public let rawValue: String
    /// Wraps a name.
    public init(rawValue: String) { self.rawValue = rawValue }
}
