import Logging
import OrionAgentKit
import OrionLogging
import OrionSettings

/// What the program runs with: every setting, checked.
struct Settings {
    var agent = AgentConfiguration()
    var logLevel = Logger.Level.info
    var logFormat = LogFormat.text
    private let dataDirectory: Setting

    init(_ flags: Flags) throws(StartupError) {
        dataDirectory = .value("--data-dir", flags.dataDir, "ORION_AGENT_DATA_DIR", default: agent.dataDirectory)
        if let level = Setting("--log-level", flags.logLevel, "ORION_LOG_LEVEL") {
            logLevel = try level.choice(Logger.Level.self)
        }
        if let format = Setting("--log-format", flags.logFormat, "ORION_LOG_FORMAT") {
            logFormat = try format.choice(LogFormat.self)
        }
        try readControlPlanes(flags)
        try readTLS(flags)
        try readNode(flags)
        if let root = Setting("--workspace-root", flags.workspaceRoot, "ORION_WORKSPACE_ROOT") {
            agent.workspaceRoot = try root.name()
        }
        agent.dataDirectory = try dataDirectory.name()
        if let cluster = flags.acceptCluster {
            agent.acceptedCluster = try Setting(value: cluster, source: "--accept-cluster").name()
        }
    }

    /// What is said of a directory that cannot be read or written.
    func refusalOfDataDirectory(_ error: AgentError) -> StartupError {
        dataDirectory.refusal(
            .storage,
            "\(error.message); see that this user can write there and that the disk has room, or give another "
                + "directory with --data-dir")
    }

    private mutating func readControlPlanes(_ flags: Flags) throws(StartupError) {
        var addresses: [ControlPlaneAddress] = []
        for given in Setting.list("--control-plane", flags.controlPlane, "ORION_CONTROL_PLANE_URL") {
            guard !given.parts.isEmpty else {
                throw given.refusal(.usage, "name a control plane, as ws://HOST:PORT/ws, or leave it out")
            }
            for setting in given.parts {
                do throws(AgentError) {
                    addresses.append(try ControlPlaneAddress(setting.value))
                } catch {
                    throw StartupError(error)
                }
            }
        }
        guard !addresses.isEmpty else { return }
        agent.controlPlanes = addresses
    }

    private mutating func readTLS(_ flags: Flags) throws(StartupError) {
        let tls = try TLSSettings.client(authority: flags.tlsCa, certificate: flags.tlsCert, key: flags.tlsKey)
        if agent.controlPlanes.contains(where: \.isSecure) {
            try tls.check()
        } else if let given = tls.given {
            throw given.refusal(
                .usage, "no --control-plane is a wss:// address: make one of them so, or leave this out")
        }
        agent.tls = tls.files
    }

    private mutating func readNode(_ flags: Flags) throws(StartupError) {
        if let id = Setting("--node-id", flags.nodeId, "ORION_NODE_ID") { agent.nodeID = try id.name() }
        if let name = Setting("--name", flags.name, "ORION_NODE_NAME") { agent.name = try name.name() }
        if let address = Setting("--address", flags.address, "ORION_NODE_ADDRESS") {
            agent.address = try address.name()
        }
        if let cpu = Setting("--cpu", flags.cpu, "ORION_NODE_CPU") { agent.cpu = try cpu.amount("cores") }
        if let memory = Setting("--memory", flags.memory, "ORION_NODE_MEMORY") {
            agent.memoryMiB = try memory.amount("MiB")
        }
        for label in Setting.list("--label", flags.label, "ORION_NODE_LABELS") {
            guard let equals = label.value.firstIndex(of: "="), equals > label.value.startIndex else {
                throw label.refusal(.usage, "give a label as KEY=VALUE")
            }
            _ = try label.name()
            agent.labels[String(label.value[..<equals])] = String(label.value[label.value.index(after: equals)...])
        }
    }
}
