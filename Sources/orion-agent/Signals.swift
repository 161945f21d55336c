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
        var first: ContinuousClock.Instant?
        for await signal in signals {
            if signal == .sigusr1 {
                guard first != nil else { return false }
                // What is being stopped runs on, and the next agent goes on stopping it.
                _exit(0)
            }
            if let first {
                // What comes right behind is the same wish, sent to the process and to its group (as timeout(1) does).
                if ContinuousClock.now - first < .seconds(1) { continue }
                // Whatever is left is written down, and the next agent goes on with it.
                _exit(128 + (signal == .sigint ? SIGINT : SIGTERM))
            }
            first = ContinuousClock.now
            await services.triggerGracefulShutdown()
        }
        return false
    }
}
