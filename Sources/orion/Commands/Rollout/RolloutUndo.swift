import ArgumentParser
import OrionClient
import OrionCore

/// `orion rollout undo`: an earlier specification again.
struct RolloutUndo: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Go back to an earlier generation, with today's number of replicas.",
        discussion: "Without --to, it is the last one with other processes whose rollout did not fail.")

    @Argument(help: "The service.")
    var name: String

    @Option(name: .customLong("to"), help: "The generation to go back to, from its history.")
    var generation: Int?

    @OptionGroup var waiting: WaitOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var display: DisplayOptions

    func perform(_ console: Console) async throws {
        let client = try server.client()
        let result = try await client.rollBack(ServiceName(rawValue: name), to: generation)
        Table(changes: result.changes).lines(console.style).forEach(console.say)
        try await waiting.waiter(client, console)?.wait(for: result.changes)
    }
}
