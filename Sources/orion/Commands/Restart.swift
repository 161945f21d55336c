import ArgumentParser
import OrionClient
import OrionCore

/// `orion restart`: replaces every replica of a service.
struct Restart: Subcommand {
    static let configuration = CommandConfiguration(
        abstract: "Replace every replica of a service, new before old.")

    @Argument(help: "The service.")
    var name: String

    @OptionGroup var waiting: WaitOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var display: DisplayOptions

    func perform(_ console: Console) async throws {
        let client = try server.client()
        let result = try await client.restart(ServiceName(rawValue: name))
        console.say("\(name) restarts")
        try await waiting.waiter(client, console)?.wait(for: result.changes)
    }
}
