import ArgumentParser
import OrionClient
import OrionCore

/// `orion delete`: removes a service, or forgets a node.
struct Delete: Subcommand {
    static let configuration = CommandConfiguration(
        abstract: "Remove a service, or forget a node that is gone.",
        usage: """
            orion delete NAME [--wait]
            orion delete service NAME [--wait]
            orion delete node NAME
            """)

    @Argument(help: ArgumentHelp("The service; or `service NAME`, or `node NAME`.", valueName: "name"))
    var words: [String]

    @OptionGroup var waiting: WaitOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var display: DisplayOptions

    /// What is deleted.
    enum Target: Hashable {
        case service(ServiceName)
        case node(String)
    }

    /// Reads the words; nil where they say nothing that can be deleted.
    static func target(_ words: [String]) -> Target? {
        switch (words.count, words.first.flatMap(ResourceKind.init(argument:)), words.last) {
        case (1, _, let name?): .service(ServiceName(rawValue: name))
        case (2, .services, let name?): .service(ServiceName(rawValue: name))
        case (2, .nodes, let name?): .node(name)
        default: nil
        }
    }

    func validate() throws {
        guard Self.target(words) != nil else {
            throw ValidationError("say what to delete: a service's NAME, `service NAME` or `node NAME`")
        }
    }

    func perform(_ console: Console) async throws {
        let client = try server.client()
        switch Self.target(words) {
        case .service(let name):
            try await client.delete(service: name)
            console.say("\(name) is removed; its replicas are being stopped")
            let expectation = Expectation(service: name, generation: nil)
            try await waiting.waiter(client, console)?.wait(for: [expectation])
        case .node(let name):
            try await client.delete(node: name)
            console.say("node \(name) is forgotten")
        case nil: break
        }
    }
}
