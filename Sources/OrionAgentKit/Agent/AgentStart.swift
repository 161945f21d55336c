import Glibc
import Logging
import NIOCore
import OrionCore

/// What an agent needs before it can begin: its directory, its ledger, its workspace.
struct AgentStart: Sendable {
    let configuration: AgentConfiguration
    let directory: DataDirectory
    let environment: [String: String]
    let supervisor: Supervisor
    let contents: LedgerContents
    private let nodeID: String
    private let name: String
    private let nodeSampler: NodeSampler
    private let logger: Logger

    /// - Parameter group: what the checks of replicas connect on.
    init(_ configuration: AgentConfiguration, group: any EventLoopGroup, logger: Logger) throws(AgentError) {
        guard !configuration.controlPlanes.isEmpty else {
            throw AgentError(.usage, "--control-plane: none is given: name at least one, as ws://HOST:PORT/ws")
        }
        self.configuration = configuration
        self.logger = logger
        var sampler = NodeSampler()
        // From here on: the first heartbeat is about the time since the start.
        _ = sampler.sample(at: ContinuousClock.now)
        nodeSampler = sampler
        name = configuration.name ?? NodeFacts.hostName
        environment = ReplicaEnvironment.ofAgent()
        let limits = [ResourceLimit.raiseOpenFiles()]
        let workspace = try Self.workspace(configuration.workspaceRoot)
        do throws(DataDirectoryError) {
            directory = try DataDirectory.open(configuration.dataDirectory)
            nodeID = if let chosen = configuration.nodeID { chosen } else { try directory.nodeID() }
        } catch {
            throw AgentError(error)
        }
        let containment = Containment.find(mark: AgentMark(dataDirectory: directory.path), logger: logger)
        let launcher = Launcher(
            workspace: workspace, agentEnvironment: environment, nodeName: name, limits: limits, mark: containment.mark)
        do throws(LedgerError) {
            let (ledger, contents) = try Ledger.open(directory.path + "/ledger")
            self.contents = contents
            supervisor = Supervisor(
                executor: QueueExecutor(label: "orion.agent"), launcher: launcher, containment: containment,
                probe: AgentProbe(group: group, launcher: launcher, containment: containment), directory: directory,
                ledger: ledger, logger: logger)
        } catch {
            throw AgentError(.dataDirectory, error.message)
        }
    }

    /// The session of this start, which says that these runtimes are here.
    func session(runtimes: [String: String]) -> Session {
        let identity = SessionIdentity(
            nodeID: NodeID(rawValue: nodeID), name: name, address: configuration.address ?? NodeFacts.hostName,
            labels: NodeFacts.labels.merging(runtimes) { $1 }.merging(configuration.labels) { $1 },
            capacity: Capacity(
                cpu: configuration.cpu ?? NodeFacts.cpu, memory: configuration.memoryMiB ?? NodeFacts.memoryMiB),
            instanceID: RandomID.draw(), version: configuration.version)
        let machine = SessionMachine(
            addresses: configuration.controlPlanes.count, cluster: directory.cluster(),
            acceptedCluster: configuration.acceptedCluster)
        return Session(
            identity: identity, machine: machine, supervisor: supervisor, directory: directory,
            nodeSampler: nodeSampler,
            logger: logger)
    }

    private static func workspace(_ root: String) throws(AgentError) -> Workspace {
        do throws(LaunchError) {
            return try Workspace(root: root)
        } catch {
            throw AgentError(.setting, "--workspace-root: \(error.message): make it, or name another")
        }
    }
}

extension AgentError {
    fileprivate init(_ error: DataDirectoryError) {
        switch error.code {
        case .held: self.init(.dataDirectoryInUse, error.message)
        case .damagedNodeID, .io: self.init(.dataDirectory, error.message)
        }
    }
}
