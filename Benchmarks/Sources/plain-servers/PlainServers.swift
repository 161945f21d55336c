import Glibc
import HTTPTypes
import Logging
import NIOCore
import NIOPosix
import OrionHTTP

/// What parts of orion-api cost by themselves, on one event loop: `plain-servers nio|orion-http PORT FILE` answers with the
/// bytes of a file.
@main
struct PlainServers {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let port = Int(arguments[2]), let bytes = read(arguments[3]) else { exit(64) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        switch arguments[1] {
        case "nio": try await serveBare(bytes, on: port, group)
        case "orion-http": try await serve(bytes, on: port, group)
        default: exit(64)
        }
    }

    private static func serveBare(_ bytes: [UInt8], on port: Int, _ group: any EventLoopGroup) async throws {
        var response = ByteBuffer()
        response.writeString(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
                + "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: \(bytes.count)\r\n\r\n")
        response.writeBytes(bytes)
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { [response] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(BareHandler(response))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        try await listener.closeFuture.get()
    }

    private static func serve(_ bytes: [UInt8], on port: Int, _ group: any EventLoopGroup) async throws {
        let response = HTTPServerResponse(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"], body: bytes)
        var router = Router { HTTPServerResponse(status: $0.status, body: Array($0.message.utf8)) }
        router.on(.get, "/health") { _ in response }
        var logger = Logger(label: "plain-servers")
        logger.logLevel = .error
        let configuration = HTTPServerConfiguration(host: "127.0.0.1", port: port)
        try await HTTPServer(configuration: configuration, router: router, group: group, logger: logger).run()
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return bytes
    }
}
