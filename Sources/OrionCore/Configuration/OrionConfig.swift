/// A whole configuration document, as `orion.yaml` declares it and `POST /api/apply` takes it.
public struct OrionConfig: Hashable, Sendable, Encodable {
    /// The one version there is.
    public static let apiVersion = "orion/v1"
    /// The one kind there is.
    public static let kind = "Config"

    /// Whose document this is: services of one name are pruned and taken over together.
    public struct Metadata: Hashable, Sendable, Encodable {
        /// Names the owner of the services.
        public var name = "default"
        /// Free text for people.
        public var environment = "dev"
        /// Free text for people.
        public var description: String?

        /// The defaults.
        public init() {}
    }

    /// A machine that is expected to connect.
    public struct ExpectedNode: Hashable, Sendable, Encodable {
        /// The name its agent will say.
        public var name: String
        /// Where its services will be reached.
        public var address = ""
        /// The labels it is expected to carry.
        public var labels: [String: String] = [:]
        /// What it is expected to hold.
        public var capacity: Capacity?

        /// An expected machine of that name.
        public init(name: String) { self.name = name }
    }

    /// What the document declares.
    public struct Spec: Hashable, Sendable, Encodable {
        /// The services, in the document's order.
        public var services: [ServiceSpecification] = []
        /// The machines expected.
        public var nodes: [ExpectedNode] = []
        /// Plugins of the control plane.
        public var plugins: [PluginReference] = []
        /// Accepted and kept, not acted on.
        public var dns: JSONValue = .object([:])

        /// Nothing declared.
        public init() {}
    }

    /// Always `orion/v1`.
    public var apiVersion = OrionConfig.apiVersion
    /// Always `Config`.
    public var kind = OrionConfig.kind
    /// Whose document this is.
    public var metadata = Metadata()
    /// What it declares.
    public var spec = Spec()

    /// An empty document.
    public init() {}
}
