import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// A tiny HTTP server to try Orion out with: it says which replica answers.
///
/// It needs nothing of Orion but what every replica has: a port to listen on in `PORT`, its names in `ORION_…`, and
/// SIGTERM when it is to end.
@main
struct Program {
    static func main() {
        let port = number("PORT", or: 8080)
        let page = Page(
            replica: text("ORION_REPLICA_ID", or: "no replica"), service: text("ORION_SERVICE_NAME", or: "hello"),
            node: text("ORION_NODE_NAME", or: "this machine"))
        // Blocked before there are other threads, so that it comes to `sigwait` alone.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            let server = try bind(page, port, group).wait()
            say("hello listens on http://0.0.0.0:\(server.localAddress?.port ?? port)", to: STDOUT_FILENO)
            var signal: Int32 = 0
            sigwait(&signals, &signal)
            try server.close().wait()
            // Each request is answered in one go, so that none is cut off half-way.
            try group.syncShutdownGracefully()
        } catch {
            say("hello: cannot serve on port \(port) (PORT): \(error)", to: STDERR_FILENO)
            exit(1)
        }
    }

    private static func bind(_ page: Page, _ port: Int, _ group: some EventLoopGroup) -> EventLoopFuture<any Channel> {
        ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(PageHandler(page))
                }
            }
            .bind(host: "0.0.0.0", port: port)
    }

    private static func text(_ name: String, or standard: String) -> String {
        getenv(name).map { String(cString: $0) } ?? standard
    }

    private static func number(_ name: String, or standard: Int) -> Int {
        guard let value = getenv(name) else { return standard }
        guard let number = UInt16(String(cString: value)) else {
            say("hello: PORT is no port: \(String(cString: value))", to: STDERR_FILENO)
            exit(64)
        }
        return Int(number)
    }

    private static func say(_ line: String, to descriptor: Int32) {
        let bytes = Array("\(line)\n".utf8)
        _ = write(descriptor, bytes, bytes.count)
    }
}
