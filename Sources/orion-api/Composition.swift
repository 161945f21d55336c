import Glibc
import Logging
import NIOCore
import OrionControlPlane
import OrionCore
import OrionHTTP
import OrionLogging
import OrionScheduler
import OrionServer
import OrionSettings
import OrionStore
import OrionTLS
import ServiceLifecycle

/// Puts the program together from its settings, and runs it.
struct Composition {
    private let settings: Settings
    private let logger: Logger

    init(_ settings: Settings) {
        self.settings = settings
        logger = OrionLogHandler.logger(label: "orion-api", level: settings.logLevel, format: settings.logFormat)
    }

    /// Returns once a signal has stopped everything gracefully.
    func run() async throws(StartupError) {
        ProcessLimits.prepare(logger)
        // Trapped before anything is opened, so that an early signal is no crash.
        let signals = await StopSignals(reload: reload)
        let controlPlane = ControlPlane(store: try openStore(), options: options, logger: logger)
        let scheme = settings.tls == nil ? "http" : "https"
        let server = OrionServer(controlPlane: controlPlane, configuration: doors, logger: logger) { address in
            StandardStreams.writeOutput("orion-api listening on \(scheme)://\(Self.authority(of: address))")
        }
        // Ended in the opposite order: first the doors, then what is behind them.
        let services = ServiceGroup(services: [controlPlane, server], logger: logger)
        do {
            try await signals.run(services, logger: logger)
        } catch {
            throw refusal(of: error)
        }
    }

    private var doors: OrionServerConfiguration {
        var doors = OrionServerConfiguration(
            host: settings.address, port: settings.portNumber, threads: ProcessLimits.threads)
        doors.tls = settings.tls
        return doors
    }

    /// Reads anew what can be; nil where nothing can.
    private var reload: (@Sendable () -> Void)? {
        guard let tls = settings.tls else { return nil }
        return { [logger] in
            do throws(TLSFileError) {
                try tls.reload()
                logger.notice("The files for TLS were read anew: they hold for connections from now on.")
            } catch {
                logger.error(
                    "The files for TLS cannot be read anew: those read before stay in use.",
                    metadata: ["reason": "\(error)"])
            }
        }
    }

    private var options: ControlPlaneOptions {
        ControlPlaneOptions(
            reconciler: ReconcilerOptions(
                heartbeatIntervalSeconds: settings.heartbeatIntervalSeconds,
                heartbeatTimeoutSeconds: settings.heartbeatTimeoutSeconds))
    }

    private func openStore() throws(StartupError) -> any StateStore {
        switch settings.state {
        case .memory: return MemoryStore()
        case .file(let path):
            do throws(StoreError) {
                return try SQLiteStore.open(path: path)
            } catch {
                throw settings.stateDb.refusal(.storage, error.message)
            }
        }
    }

    private func refusal(of error: any Error) -> StartupError {
        switch error {
        case let error as StartupError: error
        case let error as StoreError: settings.stateDb.refusal(.storage, error.message)
        case let error as OrionError:
            StartupError(exitStatus: error.code.exitStatus, settings.stateDb.refusal(.storage, error.message).message)
        case let error as HTTPServerError: refusal(of: error)
        default: StartupError(.software, "stopped by an error: \(error).")
        }
    }

    private func refusal(of error: HTTPServerError) -> StartupError {
        let (host, port) = (settings.host, settings.port)
        switch error.errorNumber {
        case EADDRINUSE:
            return port.refusal(
                .configuration,
                "another program listens there on \(host.value); stop it, or choose another port (0 picks a free one)")
        case EACCES:
            return port.refusal(
                .configuration, "this user may not bind it on \(host.value); choose a port of 1024 or above")
        case EADDRNOTAVAIL:
            return host.refusal(
                .configuration, "this machine does not have that address; give one of its own, or 0.0.0.0")
        default: return port.refusal(.configuration, "\(error.description); choose another address or port")
        }
    }

    private static func authority(of address: SocketAddress) -> String {
        let host = address.ipAddress ?? "unknown"
        return "\(host.contains(":") ? "[\(host)]" : host):\(address.port ?? 0)"
    }
}
