public import OrionTLS

/// Everything that an agent can be told; each has the default of protocol.md §1.
public struct AgentConfiguration: Hashable, Sendable {
    /// Where the control planes are, tried in turn.
    public var controlPlanes = [ControlPlaneAddress.standard]
    /// What `wss://` is spoken with: the authorities that are trusted, and what this agent shows. Read anew for each
    /// connection, so that the files may change while it runs.
    public var tls = TLSFiles()
    /// The node's stable identity; nil for one that is made once and kept in the data directory.
    public var nodeID: String?
    /// The name shown to people; nil for the host's.
    public var name: String?
    /// Where the node's services are reached; nil for the host's name.
    public var address: String?
    /// Labels beside `os`, `arch` and those of the runtimes found, and over them.
    public var labels: [String: String] = [:]
    /// Cores to offer; nil for the machine's.
    public var cpu: Double?
    /// MiB to offer; nil for the machine's.
    public var memoryMiB: Double?
    /// The directory that every service's path resolves inside.
    public var workspaceRoot = "."
    /// Identity, records and output of replicas.
    public var dataDirectory = ".orion/agent"
    /// The cluster that an agent with replicas of another one may change over to.
    public var acceptedCluster: String?
    /// The agent's version, as it tells it.
    public var version = AgentConfiguration.version

    /// The version of this package.
    public static let version = "0.1.0"

    /// The defaults.
    public init() {}
}
