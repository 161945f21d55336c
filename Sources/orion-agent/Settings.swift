import Logging
import OrionAgentKit
import OrionLogging

/// What the program runs with: every setting, checked.
struct Settings {
    var agent = AgentConfiguration()
    var logLevel = Logger.Level.info
    var logFormat = LogFormat.text

    init(_ flags: Flags) throws(StartupError) {
        if let level = Setting("--log-level", flags.logLevel, "ORION_LOG_LEVEL") {
            logLevel = try level.choice(Logger.Level.self)
        }
        if let format = Setting("--log-format", flags.logFormat, "ORION_LOG_FORMAT") {
            logFormat = try format.choice(LogFormat.self)
        }
        try readControlPlanes(flags)
        try readNode(flags)
        if let root = Setting("--workspace-root", flags.workspaceRoot, "ORION_WORKSPACE_ROOT") {
            agent.workspaceRoot = try root.name()
        }
        if let directory = Setting("--data-dir", flags.dataDir, "ORION_AGENT_DATA_DIR") {
            agent.dataDirectory = try directory.name()
        }
        agent.acceptedCluster = flags.acceptCluster
    }

    private mutating func readControlPlanes(_ flags: Flags) throws(StartupError) {
        let given = Setting.list("--control-plane", flags.controlPlane, "ORION_CONTROL_PLANE_URL").flatMap(\.parts)
        guard !given.isEmpty else { return }
        var addresses: [ControlPlaneAddress] = []
        for setting in given {
            do throws(AgentError) {
                addresses.append(try ControlPlaneAddress(setting.value))
            } catch {
                throw StartupError(error)
            }
        }
        agent.controlPlanes = addresses
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
