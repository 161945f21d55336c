import ArgumentParser
import NIOPosix
import OrionWS

/// Sends back every message that it gets, as a server or as a client: what `scripts/autobahn` runs a suite against.
@main
struct Program: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ws-echo", abstract: "A WebSocket that sends back what it gets.")

    @Option(help: ArgumentHelp("Serve on this port of 127.0.0.1; 0 takes a free one.", valueName: "N"))
    var port: UInt16?

    @Option(help: ArgumentHelp("Connect to this server, and end when it closes.", valueName: "URL"))
    var connect: String?

    @Flag(help: "Take and send compressed messages (permessage-deflate), where the other end does too.")
    var deflate = false

    func validate() throws {
        guard (port == nil) != (connect == nil) else { throw ValidationError("give either --port or --connect") }
    }

    func run() async throws {
        var configuration = WebSocketConfiguration()
        configuration.maximumFrameBytes = 16 << 20
        configuration.maximumMessageBytes = 16 << 20
        configuration.outboundLimitBytes = 64 << 20
        if deflate { configuration.deflate = WebSocketDeflate(minimumBytes: 1) }
        if let connect {
            try await EchoClient(url: WebSocketURL(connect), configuration: configuration).run()
        } else {
            try await EchoServer(port: Int(port ?? 0), configuration: configuration).run()
        }
    }
}
