import NIOCore
import OrionCore

/// A connection that has to be accepted. Nothing is sent.
struct TCPProbe: Sendable {
    let group: any EventLoopGroup

    func look(
        at target: HealthTarget, _ check: HealthCheck.TCP, _ body: @escaping @Sendable (HealthOutcome) -> Void
    ) -> @Sendable () -> Void {
        guard let port = target.port(check.port) else {
            body(.failed("its health check is of a port that it does not have"))
            return {}
        }
        let connection = ProbeConnection("connect to 127.0.0.1:\(port)", target, body)
        connection.open(port: port, timeout: target.timeout, on: group, connected: connection.pass)
        return connection.cancel
    }
}
