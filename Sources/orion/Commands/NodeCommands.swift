import ArgumentParser
import OrionClient

/// `orion cordon`: places nothing new on a node.
struct Cordon: Subcommand {
    static let configuration = CommandConfiguration(abstract: "Place no new replicas on a node.")

    @Argument(help: "The node's name or id.")
    var node: String

    @OptionGroup var server: ServerOptions
    @OptionGroup var display: DisplayOptions

    func perform(_ console: Console) async throws {
        try await server.client().cordon(node)
        console.say("\(node) takes no new replicas; back with: orion uncordon \(node)")
    }
}

/// `orion drain`: moves a node's replicas away.
struct Drain: Subcommand {
    static let configuration = CommandConfiguration(
        abstract: "Place no new replicas on a node, and move those that run there away.")

    @Argument(help: "The node's name or id.")
    var node: String

    @OptionGroup var waiting: WaitOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var display: DisplayOptions

    func perform(_ console: Console) async throws {
        let client = try server.client()
        try await client.drain(node)
        console.say("\(node) is being drained; back with: orion uncordon \(node)")
        try await waiting.waiter(client, console)?.waitUntilDrained(node)
    }
}

/// `orion uncordon`: takes a node back into service.
struct Uncordon: Subcommand {
    static let configuration = CommandConfiguration(abstract: "Take a node back into service.")

    @Argument(help: "The node's name or id.")
    var node: String

    @OptionGroup var server: ServerOptions
    @OptionGroup var display: DisplayOptions

    func perform(_ console: Console) async throws {
        try await server.client().uncordon(node)
        console.say("\(node) is back in service")
    }
}
