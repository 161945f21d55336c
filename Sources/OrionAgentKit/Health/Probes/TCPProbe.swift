import NIOCore

/// A connection that has to be accepted. Nothing is sent.
struct TCPProbe: Sendable {
    let group: any EventLoopGroup

    func look(
        at target: HealthTarget, port: Int, _ body: @escaping @Sendable (HealthOutcome) -> Void
    ) -> @Sendable () -> Void {
        let connection = ProbeConnection("connect to 127.0.0.1:\(port)", target, body)
        connection.open(port: port, timeout: target.timeout, on: group, connected: connection.pass)
        return connection.cancel
    }
}
