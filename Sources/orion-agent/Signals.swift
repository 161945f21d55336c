import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

/// Ends the agent as it is asked to: the first SIGTERM or SIGINT gracefully, a second one at once, SIGUSR1 detaches.
struct Signals {
    private let signals: UnixSignalsSequence

    /// Traps the signals from here on.
    init() async { signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sigusr1) }

    /// Runs the service until it ends; throws what it threw.
    func run(_ service: any Service, logger: Logger) async throws {
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: logger))
        try await withThrowingTaskGroup(of: Bool.self) { tasks in
            tasks.addTask {
                try await services.run()
                return true
            }
            tasks.addTask { await watch(services) }
            // The watch ends first where it was told to detach, and cancellation is what does that.
            let hasEnded = try await tasks.next() ?? true
            tasks.cancelAll()
            if !hasEnded { _ = try await tasks.next() }
        }
    }

    /// Returns, with false, once the agent is to detach.
    private func watch(_ services: ServiceGroup) async -> Bool {
        var isEnding = false
        for await signal in signals {
            if signal == .sigusr1 { return false }
            // Whatever is left is written down, and the next agent goes on with it.
            if isEnding { _exit(128 + (signal == .sigint ? SIGINT : SIGTERM)) }
            isEnding = true
            await services.triggerGracefulShutdown()
        }
        return false
    }
}
