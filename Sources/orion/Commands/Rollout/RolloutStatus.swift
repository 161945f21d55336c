import ArgumentParser
import OrionClient
import OrionCore

/// `orion rollout status`: how far the rollout of a service is, and why it failed.
struct RolloutStatus: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how far a rollout is; with --wait, follow it to its end.")

    @Argument(help: "The service.")
    var name: String

    @OptionGroup var waiting: WaitOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var display: DisplayOptions

    func perform(_ console: Console) async throws {
        let client = try server.client()
        let service = ServiceName(rawValue: name)
        let record = try await client.service(service)
        Self.lines(record.status).forEach(console.say)
        record.status.rollout.failure?.lines(console.style).forEach(console.say)
        let expectation = Expectation(service: service, generation: record.status.rollout.generation)
        try await waiting.waiter(client, console)?.wait(for: [expectation])
    }

    /// What there is to say, a sentence a line.
    static func lines(_ status: ServiceStatus) -> [String] {
        let rollout = status.rollout
        var lines = ["generation \(rollout.generation) is \(rollout.state.rawValue)"]
        if let reason = rollout.reason { lines[0] += ": \(reason)" }
        let progress = "\(rollout.updated) of \(status.observed.desired) updated, \(rollout.available) available"
        lines.append(
            rollout.generation == status.generation
                ? progress
                : "generation \(status.generation) brought an earlier specification back: \(progress)")
        return lines
    }
}
