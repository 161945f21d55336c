import ArgumentParser
import OrionClient

/// Whether a command returns at once, or when what it asked for runs.
struct WaitOptions: ParsableArguments {
    @Flag(name: .customLong("wait"), help: "Show the progress, and return when it has settled; status 1 if it cannot.")
    var isWaiting = false

    @Option(
        name: .customLong("timeout"),
        help: ArgumentHelp("How long --wait waits at most: 90, 90s, 2m, 1h (default: 5m).", valueName: "duration"))
    var given: WaitingTime?

    /// How long is waited at most: by default longer than a rollout without progress has, so that its end is seen.
    var timeout: WaitingTime { given ?? WaitingTime(seconds: 300) }

    /// What waits, where that was asked for.
    func waiter(_ client: OrionClient, _ console: Console) -> Waiter? {
        isWaiting ? Waiter(client: client, console: console, timeout: timeout) : nil
    }

    func validate() throws {
        guard timeout.seconds > 0 else { throw ValidationError("--timeout must be more than 0") }
        guard given == nil || isWaiting else {
            throw ValidationError("--timeout says how long --wait waits: add --wait")
        }
    }
}
