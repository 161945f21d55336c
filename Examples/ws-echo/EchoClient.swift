import NIOPosix
import OrionWS

/// One connection, for as long as the server keeps it.
struct EchoClient {
    let url: WebSocketURL
    let configuration: WebSocketConfiguration

    func run() async throws {
        let (ends, continuation) = AsyncStream.makeStream(of: WebSocketClosure.self)
        let echo = Echo { continuation.yield($0) }
        _ = try await WebSocketClient.connect(
            to: url, configuration: configuration, group: MultiThreadedEventLoopGroup.singleton, handler: echo)
        _ = await ends.first { _ in true }
    }
}
