import NIOCore
import NIOHTTP1
import OrionCore

/// A GET that has to be answered, whole and in time, with 200 to 399. No redirect is followed.
struct HTTPProbe: Sendable {
    let group: any EventLoopGroup

    func look(
        at target: HealthTarget, _ check: HealthCheck.HTTP, port: Int,
        _ body: @escaping @Sendable (HealthOutcome) -> Void
    ) -> @Sendable () -> Void {
        let connection = ProbeConnection("GET http://127.0.0.1:\(port)\(check.path)", target, body)
        let fields: HTTPHeaders = [
            "Host": "127.0.0.1:\(port)", "User-Agent": "orion-agent/\(AgentConfiguration.version)", "Accept": "*/*",
            "Connection": "close",
        ]
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: check.path, headers: fields)
        connection.open(
            port: port, timeout: target.timeout, on: group,
            configure: { channel in
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(ResponseBound())
                try pipeline.addHTTPClientHandlers()
                try pipeline.addHandler(HTTPProbeHandler(head, connection))
            })
        return connection.cancel
    }
}
