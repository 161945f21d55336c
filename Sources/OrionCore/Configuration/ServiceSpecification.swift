/// Everything a configuration says of one service, defaults filled in: what `launch` sends to an agent.
public struct ServiceSpecification: Hashable, Sendable, Encodable {
    /// How many replicas a service may want: far beyond what anyone means, and far below what hurts.
    public static let replicaCounts = 0...10_000

    /// What sort of program it is, which decides how it is started.
    public enum ProgramType: String, Hashable, Sendable, Encodable, CaseIterable {
        /// A node program: `node ENTRY`.
        case node
        /// `next start`.
        case nextjs
        /// `bun run ENTRY`.
        case bun
        /// `deno run --allow-net --allow-env ENTRY`.
        case deno
        /// `vite preview`.
        case vite
        /// A program without ports, started as its runtime starts any.
        case worker
    }

    /// What runs the program.
    public enum Runtime: String, Hashable, Sendable, Encodable, CaseIterable {
        /// Node.js.
        case node
        /// Bun.
        case bun
        /// Deno.
        case deno
        /// Nothing: `command` is started as it is.
        case exec
    }

    /// Whether it is kept running or runs to completion.
    public enum Kind: String, Hashable, Sendable, Encodable, CaseIterable {
        /// Kept running.
        case service
        /// Runs to completion.
        case job
    }

    /// The service's name, unique in the cluster.
    public var name: ServiceName
    /// Its directory inside the agent's workspace root.
    public var path = "."
    /// What sort of program it is.
    public var type = ProgramType.node
    /// What runs it; where left out, the type's own (`bun` for bun, `deno` for deno, else `node`).
    public var runtime = Runtime.node
    /// The file to run.
    public var entry = "index.ts"
    /// Replaces type, runtime and entry.
    public var command: Command?
    /// How many are wanted.
    public var replicas = 1
    /// The ports it listens on.
    public var ports: [Port] = []
    /// Its own environment variables.
    public var env: [String: String] = [:]
    /// What the scheduler reserves for each replica.
    public var resources = Resources()
    /// A cron expression that makes it a job run at these times.
    public var schedule: String?
    /// Plugin actions around its life.
    public var hooks = Hooks()
    /// Plugins of this service.
    public var plugins: [PluginReference] = []
    /// Scaling by load.
    public var autoscaling = Autoscaling()
    /// Accepted and kept, not acted on.
    public var serverless = Serverless()
    /// Free labels.
    public var labels: [String: String] = [:]
    /// Services that must be ready before this one's first start.
    public var dependencies: [ServiceName] = []
    /// Kept running or runs to completion.
    public var kind = Kind.service
    /// What happens when its process exits.
    public var restart = RestartPolicy()
    /// How its process is ended.
    public var stop = StopPolicy()
    /// How its readiness is checked.
    public var health: HealthCheck?
    /// How a changed specification is rolled out.
    public var update = UpdatePolicy()
    /// Where its replicas may run.
    public var placement = Placement()
    /// What happens to its replicas when their node vanishes.
    public var disconnect = DisconnectPolicy()
    /// How a job runs.
    public var job = JobPolicy()

    /// A service of that name with every default.
    public init(name: ServiceName) { self.name = name }
}
