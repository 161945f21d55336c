import OrionCore

extension Launcher {
    /// By which what a check has started is known from what its replica has.
    static let checkVariable = "ORION_HEALTH_CHECK"

    /// The request for a check of a replica: its directory and environment, `command` in place of its program.
    func request(
        forCheck command: Command, of record: LedgerRecord, output: String
    ) throws(LaunchError) -> ProcessRequest {
        let service = record.specification.value
        let words = try LaunchCommand.words(of: command)
        guard words.first?.isEmpty == false else { throw LaunchError(message: "its command is empty") }
        let orion = environment(of: record).merging([Self.checkVariable: "true"]) { $1 }
        return ProcessRequest(
            arguments: words,
            environment: ReplicaEnvironment.make(agent: agentEnvironment, service: service.env, orion: orion),
            workingDirectory: try workspace.directory(service.path, of: service.name.rawValue),
            stdoutPath: output, stderrPath: output, limits: limits)
    }
}
