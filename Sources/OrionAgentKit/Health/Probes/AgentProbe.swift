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
        if let check = target.check.http { return http.look(at: target, check, body) }
        if let check = target.check.tcp { return tcp.look(at: target, check, body) }
        if let check = target.check.exec { return exec.look(at: target, check, body) }
        // Of a later version: no orion-api of this one accepts it.
        body(.failed("its health check is none of http, tcp and exec"))
        return {}
    }
}
