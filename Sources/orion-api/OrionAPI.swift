import ArgumentParser
import OrionSettings

/// Parses, composes, runs.
@main
struct OrionAPI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orion-api",
        abstract: "Orion's control plane: takes what should run, and has agents run it.",
        usage: "orion-api <options>\norion-api dev-certs <directory> [--host <host> ...]",
        discussion: """
            Each setting is a flag and an environment variable; the flag goes first. SIGTERM and SIGINT end the program \
            gracefully (exit status 0), a second one at once.
            """,
        version: "orion-api \(Version.current)",
        subcommands: [DevCerts.self, Token.self])

    @OptionGroup(title: "Settings") var flags: Flags
    @OptionGroup(title: "Settings of later versions") var laterFlags: LaterFlags

    func run() async throws {
        do throws(StartupError) {
            try laterFlags.refuse()
            let settings = try Settings(flags)
            try await Composition(settings).run()
        } catch {
            StandardStreams.writeError("orion-api: \(error.message)")
            throw ExitCode(error.exitStatus)
        }
    }
}
