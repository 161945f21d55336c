import Glibc
import Hummingbird
import Logging
import NIOCore
import NIOPosix

/// Answers GET /health with the bytes of a file: `hummingbird-peer PORT FILE`.
@main
struct Peer {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let port = Int(arguments[1]), let file = fopen(arguments[2], "r") else { exit(64) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        fclose(file)
        let body = ByteBuffer(bytes: bytes[..<count])
        let router = Router()
        router.get("health") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: body))
        }
        var logger = Logger(label: "peer")
        logger.logLevel = .error
        let app = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup(numberOfThreads: 1)), logger: logger)
        try await app.runService()
    }
}
