/// What a certificate is for.
public struct DevLeaf: Hashable, Sendable {
    /// Which side shows it.
    public enum Use: Hashable, Sendable {
        /// The one that is connected to.
        case server
        /// The one that connects.
        case client
    }

    /// Which side shows it.
    public var use: Use
    /// Whom it is for, for people.
    public var name: String
    /// The names and addresses that a server may be reached by.
    public var hosts: [String]
    /// When it holds, in seconds from now. Below 0 throughout, it has expired.
    public var validSeconds: Range<Int>

    /// A certificate that holds for thirty days from now on.
    public init(_ use: Use, name: String, hosts: [String] = [], validSeconds: Range<Int> = 0..<30 * 86_400) {
        self.use = use
        self.name = name
        self.hosts = hosts
        self.validSeconds = validSeconds
    }
}
