import NIOCore
import NIOEmbedded
import Testing

@testable import OrionWS

/// When pings are sent, and with what.
@Suite struct PingTests {
    private final class Owner: WebSocketHandler {
        func opened(_ socket: WebSocket) {}
        func received(text: ByteBuffer, _ socket: WebSocket) {}
        func received(binary: ByteBuffer, _ socket: WebSocket) {}
        func closed(_ closure: WebSocketClosure, _ socket: WebSocket) {}
    }

    private let channel = EmbeddedChannel()
    private let socket: WebSocket

    init(timers: WebSocketTimers? = nil) throws {
        var configuration = WebSocketConfiguration()
        configuration.pingIntervalSeconds = 2
        configuration.timers = timers
        socket = WebSocket(channel, configuration)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        try channel.pipeline.syncOperations.addHandler(
            WebSocketChannelHandler(.server, configuration, nil, Owner(), socket))
    }

    /// What was written since the last call.
    private func written() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes += Array(buffer.readableBytesView) }
        return bytes
    }

    private func pass(_ milliseconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .milliseconds(milliseconds)) }

    private func ping(_ number: UInt8) -> [UInt8] { frame(0x89, [0, 0, 0, 0, 0, 0, 0, number], mask: nil) }

    @Test func aPongTakesAPingAlongThatIsDueSoon() throws {
        pass(900)
        try channel.writeInbound(ByteBuffer(bytes: frame(0x89, "a")))
        #expect(try written() == frame(0x8A, "a", mask: nil))
        pass(200)
        try channel.writeInbound(ByteBuffer(bytes: frame(0x89, "b")))
        #expect(try written() == frame(0x8A, "b", mask: nil) + ping(1))
        // Its time begins anew.
        pass(1_900)
        #expect(try written() == [])
        pass(100)
        #expect(try written() == ping(2))
    }

    @Test func soDoesAMessage() throws {
        pass(1_500)
        socket.send(text: Array("a".utf8))
        channel.embeddedEventLoop.run()
        #expect(try written() == ping(1) + frame(0x81, "a", mask: nil))
    }

    /// Of what waits for a slow line only a little stands before them.
    @Test func pingsAndPongsOvertakeMessages() throws {
        let message = [UInt8](repeating: 7, count: 40_000)
        channel.isWritable = false
        for _ in 0..<5 { socket.send(binary: message) }
        channel.embeddedEventLoop.run()
        #expect(try written() == [])
        try channel.writeInbound(ByteBuffer(bytes: frame(0x89, "a")))
        pass(2_000)
        #expect(try written() == frame(0x8A, "a", mask: nil) + ping(1))
        #expect(socket.waitingBytes == 5 * WebSocket.waitingBytes(of: 40_000))
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        #expect(try written() == (0..<5).flatMap { _ in frame(0x82, message, mask: nil) })
        #expect(socket.waitingBytes == 0)
    }

    @Test func theEndStandsBehindWhatWasSent() throws {
        channel.isWritable = false
        let message = [UInt8](repeating: 0x61, count: 40_000)
        for _ in 0..<3 { socket.send(text: message) }
        channel.embeddedEventLoop.run()
        socket.close(code: 1000, reason: "")
        #expect(try written() == (0..<3).flatMap { _ in frame(0x81, message, mask: nil) } + [0x88, 2, 3, 0xE8])
    }

    @Test func sharedTimersPingAsOften() throws {
        let other = try PingTests(timers: WebSocketTimers())
        for number in 1...10 as ClosedRange<UInt8> {
            other.pass(2_000)
            #expect(try other.written() == ping(number))
        }
    }
}
