/// A port that a service listens on.
public struct Port: Hashable, Sendable, Encodable {
    /// The transport.
    public enum TransportProtocol: String, Hashable, Sendable, Encodable, CaseIterable {
        /// TCP.
        case tcp
        /// UDP.
        case udp
    }

    /// Its name, unique in the service.
    public var name: String
    /// The number; nil lets the agent pick a free one and keep it for the replica's life.
    public var port: Int?
    /// The transport.
    public var `protocol` = TransportProtocol.tcp
    /// Kept; one that differs from `port` is answered with a warning.
    public var targetPort: Int?

    /// A port of that name, with a fixed number or one that the agent picks.
    public init(name: String, port: Int? = nil) {
        self.name = name
        self.port = port
    }
}
