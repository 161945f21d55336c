import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

/// Ends the program as it is asked to: the first SIGTERM or SIGINT gracefully, the second at once, and by itself where
/// the graceful end takes too long. SIGHUP has it read anew what can be.
struct StopSignals {
    /// Seconds that a graceful end may take: farewells take 5, requests in flight 10, a commit on a slow disk some more.
    private static let patienceSeconds = 20.0

    private let signals: UnixSignalsSequence
    private let reload: (@Sendable () -> Void)?

    /// Traps the signals from here on; SIGHUP only where there is something to `reload`, so that a program in a terminal
    /// ends with it.
    init(reload: (@Sendable () -> Void)?) async {
        self.reload = reload
        signals = await UnixSignalsSequence(trapping: [.sigterm, .sigint] + (reload == nil ? [] : [.sighup]))
    }

    /// Runs the services until they end; throws what one of them threw.
    func run(_ services: ServiceGroup, logger: Logger) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await services.run() }
            // Never ends before it is cancelled: the services end the program.
            tasks.addTask { await watch(services, logger: logger) }
            defer { tasks.cancelAll() }
            try await tasks.next()
        }
    }

    private func watch(_ services: ServiceGroup, logger: Logger) async {
        await withTaskGroup(of: Void.self) { tasks in
            var isStopping = false
            for await signal in signals {
                if signal == .sighup {
                    reload?()
                    continue
                }
                if isStopping {
                    logger.warning("Stopped at once by a second signal.", metadata: ["signal": "\(signal)"])
                    _exit(128 + signal.rawValue)
                }
                isStopping = true
                logger.notice("Stopping gracefully; a second signal stops at once.", metadata: ["signal": "\(signal)"])
                await services.triggerGracefulShutdown()
                tasks.addTask {
                    guard (try? await Task.sleep(for: .seconds(Self.patienceSeconds))) != nil else { return }
                    logger.error("Stopped at once: the graceful end took longer than \(Self.patienceSeconds) s.")
                    _exit(70)
                }
            }
            tasks.cancelAll()
        }
    }
}
