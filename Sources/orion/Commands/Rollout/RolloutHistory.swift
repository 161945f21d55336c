import ArgumentParser
import OrionClient
import OrionCore

/// `orion rollout history`: the generations that are kept of a service.
struct RolloutHistory: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List the generations that are kept, newest first.")

    @Argument(help: "The service.")
    var name: String

    @OptionGroup var server: ServerOptions
    @OptionGroup var display: DisplayOptions

    func perform(_ console: Console) async throws {
        let history = try await server.client().history(of: ServiceName(rawValue: name))
        Table(history: history.map(\.status), now: WallClock.now).lines(console.style).forEach(console.say)
    }
}
