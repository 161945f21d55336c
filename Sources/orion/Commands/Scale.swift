import ArgumentParser
import OrionClient
import OrionCore

/// `orion scale`: changes how many replicas a service has.
struct Scale: Subcommand {
    static let configuration = CommandConfiguration(abstract: "Change how many replicas a service has.")

    @Argument(help: "The service.")
    var name: String

    @Argument(help: "How many replicas, 0 to \(ServiceSpecification.replicaCounts.upperBound).")
    var replicas: Int

    @OptionGroup var waiting: WaitOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var display: DisplayOptions

    func validate() throws {
        let counts = ServiceSpecification.replicaCounts
        guard counts.contains(replicas) else {
            throw ValidationError("replicas must be \(counts.lowerBound) to \(counts.upperBound)")
        }
    }

    func perform(_ console: Console) async throws {
        let client = try server.client()
        let result = try await client.scale(ServiceName(rawValue: name), to: replicas)
        let isUnchanged = result.changes.allSatisfy { $0.action == .unchanged }
        let count = replicas == 1 ? "1 replica" : "\(replicas) replicas"
        console.say("\(name) \(isUnchanged ? "already has" : "is scaled to") \(count)")
        try await waiting.waiter(client, console)?.wait(for: result.changes)
    }
}
