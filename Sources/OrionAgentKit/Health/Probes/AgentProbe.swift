import NIOCore
import OrionCore

/// The three kinds of checks that a configuration can ask for.
struct AgentProbe: HealthProbe {
    private let http: HTTPProbe
    private let tcp: TCPProbe
    private let exec: ExecProbe

    init(group: any EventLoopGroup, launcher: Launcher, containment: Containment) {
        http = HTTPProbe(group: group)
        tcp = TCPProbe(group: group)
        exec = ExecProbe(launcher: launcher, containment: containment)
    }

    func look(at target: HealthTarget, _ body: @escaping @Sendable (HealthOutcome) -> Void) -> @Sendable () -> Void {
        if let check = target.check.http {
            return onPort(check.port, of: target, body) { http.look(at: target, check, port: $0, body) }
        }
        if let check = target.check.tcp {
            return onPort(check.port, of: target, body) { tcp.look(at: target, port: $0, body) }
        }
        if let check = target.check.exec { return exec.look(at: target, check, body) }
        // Of a later version: no orion-api of this one accepts it.
        body(.failed("its health check is none of http, tcp and exec"))
        return {}
    }

    /// Looks at the replica's port of that name.
    private func onPort(
        _ name: String?, of target: HealthTarget, _ body: @escaping @Sendable (HealthOutcome) -> Void,
        _ look: (Int) -> @Sendable () -> Void
    ) -> @Sendable () -> Void {
        if let port = target.port(name) { return look(port) }
        body(.failed("its health check is of a port that it does not have"))
        return {}
    }
}
