import Glibc
import HTTPTypes
import Logging
import NIOCore
import NIOPosix
import OrionHTTP
import OrionWS
import ServiceLifecycle
import UnixSignals

/// An HTTP server that changes over to a WebSocket at `/`.
struct EchoServer {
    let port: Int
    let configuration: WebSocketConfiguration

    func run() async throws {
        var router = Router { problem in HTTPServerResponse(status: problem.status) }
        let version: HTTPFields = [.secWebSocketVersion: WebSocketHandshake.versionHeader.value]
        router.onUpgrade("/", to: "websocket", required: version) { decide($0) }
        let logger = Logger(label: "ws-echo")
        let server = HTTPServer(
            configuration: HTTPServerConfiguration(host: "127.0.0.1", port: port), router: router,
            group: MultiThreadedEventLoopGroup.singleton, logger: logger
        ) { address in
            print("ws-echo listens on ws://127.0.0.1:\(address.port ?? 0)/")
            // Whoever waits for the line may read it from a file.
            fflush(nil)
        }
        try await ServiceGroup(
            services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
        ).run()
    }

    private func decide(_ request: HTTPServerRequest) -> HTTPUpgrade {
        switch WebSocketHandshake.answer(to: { request.headers($0) }, configuration: configuration) {
        case .refused(let status, let message):
            return .refuse(HTTPServerResponse(status: .init(code: status), body: Array("\(message)\n".utf8)))
        case .accepted(let upgrade):
            let fields = upgrade.headers.compactMap { name, value in
                HTTPField.Name(name).map { HTTPField(name: $0, value: value) }
            }
            return .accept(headers: HTTPFields(fields)) { channel in upgrade.install(on: channel, handler: Echo()) }
        }
    }
}
