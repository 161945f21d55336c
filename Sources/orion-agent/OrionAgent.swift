import ArgumentParser
import Glibc
import Logging
import OrionAgentKit
import OrionLogging
import OrionSettings

/// Parses, composes, runs.
@main
struct OrionAgent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orion-agent",
        abstract: "Orion's agent: runs on each machine what the control plane places there.",
        discussion: """
            Each setting is a flag and an environment variable; the flag goes first. SIGTERM and SIGINT stop the replicas
            gracefully and end the agent (exit status 0). SIGUSR1 ends the agent and leaves the replicas running, for the
            next agent on the same data directory.
            """,
        version: AgentConfiguration.version)

    @OptionGroup(title: "Settings") var flags: Flags
    @OptionGroup(title: "Settings of later versions") var laterFlags: LaterFlags

    func run() async throws {
        do throws(StartupError) {
            try laterFlags.refuse()
            try await run(try Settings(flags))
        } catch {
            StandardStreams.writeError("orion-agent: \(error.message)")
            throw ExitCode(error.exitStatus)
        }
    }

    private func run(_ settings: Settings) async throws(StartupError) {
        // A control plane that is gone is an error of that write, and nothing else.
        signal(SIGPIPE, SIG_IGN)
        let logger = OrionLogHandler.logger(
            label: "orion-agent", level: settings.logLevel, format: settings.logFormat)
        let signals = await Signals()
        do {
            try await signals.run(Agent(configuration: settings.agent, logger: logger), logger: logger)
        } catch is CancellationError {
            // Detached.
        } catch let error as AgentError where error.code == .dataDirectory {
            throw settings.refusalOfDataDirectory(error)
        } catch let error as AgentError {
            throw StartupError(error)
        } catch {
            throw StartupError(.software, "stopped by an error: \(error).")
        }
    }
}
