import OrionCore

/// Makes of a replica's record the process to start.
struct Launcher: Sendable {
    let workspace: Workspace
    /// The agent's own PATH, HOME and LANG.
    let agentEnvironment: [String: String]
    let nodeName: String
    /// Limits that replicas get back, where the agent has changed its own.
    let limits: [ResourceLimit]
    /// By which its replicas' processes are known again.
    let mark: AgentMark

    /// The request for a replica's process, its output in `folder`.
    func request(for record: LedgerRecord, folder: ReplicaFolder) throws(LaunchError) -> ProcessRequest {
        let service = record.specification.value
        return ProcessRequest(
            arguments: try LaunchCommand.arguments(of: service),
            environment: ReplicaEnvironment.make(
                agent: agentEnvironment, service: service.env.filter { $0.key != Self.checkVariable },
                orion: environment(of: record)),
            workingDirectory: try workspace.directory(service.path, of: service.name.rawValue),
            stdoutPath: folder.stdoutPath, stderrPath: folder.stderrPath,
            endsWithAgent: !service.disconnect.overlap, limits: limits)
    }

    /// What Orion says to a replica.
    func environment(of record: LedgerRecord) -> [String: String] {
        var environment = [
            "ORION_REPLICA_ID": record.id.rawValue,
            "ORION_SERVICE_NAME": record.service.rawValue,
            "ORION_NODE_NAME": nodeName,
            "ORION_MANAGED": "true",
            AgentMark.variable: mark.value,
        ]
        if let fence = record.fence { environment["ORION_FENCE"] = fence.description }
        for (index, port) in record.specification.value.ports.enumerated() {
            guard let number = record.ports[port.name] else { continue }
            if index == 0 { environment["PORT"] = String(number) }
            environment["ORION_PORT_" + Self.variable(port.name)] = String(number)
        }
        return environment
    }

    /// A port's name as variables are written: `grpc-web` is `GRPC_WEB`.
    private static func variable(_ name: String) -> String {
        String(name.uppercased().map { $0 == "-" ? "_" : $0 })
    }
}
