import HTTPTypes
import Logging
import NIOCore
import NIOPosix
import OrionHTTP
import ServiceLifecycle
import Synchronization

/// A server on a free port for the time of a test.
struct TestServer {
    let port: Int
    let services: ServiceGroup

    /// Begins a graceful shutdown.
    func shutDown() async {
        await services.triggerGracefulShutdown()
    }

    static func with(
        _ router: Router, _ limits: HTTPLimits = HTTPLimits(), _ body: (TestServer) async throws -> Void
    ) async throws {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        var configuration = HTTPServerConfiguration(host: "127.0.0.1", port: 0)
        configuration.limits = limits
        let server = HTTPServer(
            configuration: configuration, router: router, group: group,
            logger: Logger(label: "test"),
            onListening: { address in continuation.yield(address.port ?? 0) })
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [.init(service: server)], logger: quiet))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await services.run() }
            let port = await ports.first { _ in true } ?? 0
            do {
                try await body(TestServer(port: port, services: services))
            } catch {
                await services.triggerGracefulShutdown()
                throw error
            }
            await services.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    static var group: any EventLoopGroup { MultiThreadedEventLoopGroup.singleton }

    static var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }
}

extension Router {
    /// Routes that show what came to them.
    static var sample: Router {
        var router = Router { problem in
            HTTPServerResponse(status: problem.status, body: Array(problem.message.utf8))
        }
        router.on(.get, "/health") { _ in HTTPServerResponse(status: .ok, body: Array("ok".utf8)) }
        router.on(.get, "/things/{name}") { request in
            HTTPServerResponse(status: .ok, body: Array((request.parameters["name"] ?? "").utf8))
        }
        router.onTask(.get, "/later") { request in
            await Task.yield()
            return HTTPServerResponse(status: .ok, body: Array("later \(request.query["n"] ?? "")".utf8))
        }
        router.onTask(.post, "/echo", bodyLimitBytes: 1000) { request in
            HTTPServerResponse(status: .accepted, body: request.body)
        }
        router.onTask(.post, "/needed", needsBody: true) { request in
            HTTPServerResponse(status: .accepted, body: request.body)
        }
        return router
    }
}
