import HTTPTypes
import Logging
import NIOCore
import OrionControlPlane
import OrionCore
import OrionHTTP
import OrionScheduler
import OrionWS
import Synchronization

/// `/ws`: lets agents in. At a shutdown the HTTP server ends their connections with 1001, as it does with all.
final class AgentGateway: Sendable {
    private let controlPlane: ControlPlane
    /// Where what agents send of their replicas' output goes.
    let logs: LogHub
    private let logger: Logger
    private let ignored = Atomic<UInt64>(0)
    private let timers = WebSocketTimers()
    /// From the upgrade to the first hello.
    let helloTimeout: TimeAmount
    private let closeSeconds: Double

    init(controlPlane: ControlPlane, logs: LogHub, configuration: OrionServerConfiguration, logger: Logger) {
        self.controlPlane = controlPlane
        self.logs = logs
        helloTimeout = .milliseconds(Int64(configuration.helloSeconds * 1000))
        closeSeconds = configuration.closeSeconds
        self.logger = logger
    }

    /// Frames of sessions that have ended which this version did not understand and let pass.
    var ignoredFrames: UInt64 { ignored.load(ordering: .relaxed) }

    func addIgnored(_ count: UInt64) { ignored.add(count, ordering: .relaxed) }

    /// What stands in each 426 beside Upgrade.
    static var requiredFields: HTTPFields { HTTPFields([WebSocketHandshake.versionHeader]) }

    /// Whether a request to change over to a WebSocket is granted.
    func decide(_ request: HTTPServerRequest) -> HTTPUpgrade {
        switch WebSocketHandshake.answer(to: { request.headers($0) }, configuration: socketConfiguration) {
        case .refused(let status, let message):
            return .refuse(.refusal(HTTPResponse.Status(code: status), message))
        case .accepted(let upgrade):
            let session = AgentSession(
                controlPlane: controlPlane, gateway: self, peer: request.remoteAddress, logger: logger)
            return .accept(headers: HTTPFields(upgrade.headers)) { channel in
                upgrade.install(on: channel, handler: session)
            }
        }
    }

    private var socketConfiguration: WebSocketConfiguration {
        let timeout = controlPlane.snapshot.reconcilerOptions.heartbeatTimeoutSeconds
        var configuration = WebSocketConfiguration()
        configuration.pingIntervalSeconds = timeout / ServerLimits.pingsPerTimeout
        configuration.silenceTimeoutSeconds = timeout
        configuration.closeTimeoutSeconds = closeSeconds
        configuration.timers = timers
        configuration.kernelUnsentBytes = ServerLimits.kernelUnsentBytes
        configuration.overflow = .close(code: CloseCode.doesNotDrain)
        return configuration
    }
}

extension HTTPFields {
    /// The fields of a handshake.
    fileprivate init(_ headers: [(name: String, value: String)]) {
        self.init()
        for header in headers {
            guard let name = HTTPField.Name(header.name) else { preconditionFailure("no field name: \(header)") }
            append(HTTPField(name: name, value: header.value))
        }
    }
}
