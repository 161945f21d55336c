import Glibc
import OrionCore
import Synchronization
import Testing

@testable import OrionAgentKit

/// The sender, with real files and a socket that a test drains.
@Suite struct LogSenderTests {
    final class TestSocket: AgentSocket {
        private let state = Mutex((sent: [LogChunk](), waiting: 0))

        var waitingBytes: Int { state.withLock { $0.waiting } }
        var chunks: [LogChunk] { state.withLock { $0.sent } }
        var text: String { chunks.map(\.data).joined() }

        func send(text: [UInt8]) -> Bool {
            guard case .log(let chunk)? = try? AgentMessage(json: text) else { return false }
            state.withLock { state in
                state.sent.append(chunk)
                state.waiting += text.count
            }
            return true
        }

        func drain() { state.withLock { $0.waiting = 0 } }

        func close(code: UInt16, reason: String) {}
        func setKeepAlive(pingIntervalSeconds: Double?, silenceTimeoutSeconds: Double?) {}
        func ping(within seconds: Double, _ answered: @escaping @Sendable (Bool) -> Void) {}
        func pauseReading() {}
        func resumeReading() {}
    }

    let folder: TestFolder
    let socket = TestSocket()
    let sender: LogSender

    init() throws {
        folder = try TestFolder()
        try #require(mkdir(folder.path("web-000001"), 0o755) == 0)
        sender = LogSender(replicasPath: folder.path)
        sender.connected(socket)
    }

    func append(_ text: String) throws {
        let file = try #require(
            Descriptor.open(folder.path("web-000001/stdout.log"), O_WRONLY | O_CREAT | O_APPEND, mode: 0o644))
        let bytes = Array(text.utf8)
        try #require(write(file.number, bytes, bytes.count) == bytes.count)
    }

    func wait(_ condition: () -> Bool) async throws {
        try #require(try await eventually(condition), "\(socket.chunks)")
    }

    @Test func followsAFileFromBeforeItIsThereToTheReplicasEnd() async throws {
        sender.received(LogSubscriptionsTests.request("a", tail: 10), isLive: true)
        try append("one\n")
        try await wait { socket.text == "one\n" }
        try append("two\n")
        try await wait { socket.text == "one\ntwo\n" }
        try append("three")
        sender.ended("web-000001")
        try await wait { socket.chunks.last?.end == true }
        #expect(socket.text == "one\ntwo\nthree")
    }

    /// What matters more than output waits for no more than a little of it.
    @Test func holdsOutputBackWhileTheSocketIsFull() async throws {
        try append(String(repeating: "0123456789abcde\n", count: 64 * 1024))
        sender.received(LogSubscriptionsTests.request("a", offset: 0, follow: false, credit: 1 << 30), isLive: true)
        try await wait { socket.waitingBytes >= LogSender.socketBytes }
        let most = LogSender.socketBytes + 2 * LogSubscriptions.chunkBytes
        while socket.chunks.last?.end != true {
            #expect(socket.waitingBytes < most)
            socket.drain()
            sender.drained()
            await Task.yield()
        }
        #expect(socket.text.utf8.count == 1 << 20)
    }

    @Test func sendsNothingThatIsNotBelowItsFolder() async throws {
        try folder.write("secret", to: "stdout.log")
        for id in ["..", ".", "web-000001/..", "WEB"] {
            sender.received(
                LogSubscriptionsTests.request("x\(id)", ReplicaID(rawValue: id), offset: 0, follow: false),
                isLive: false)
        }
        try await wait { socket.chunks.count == 4 }
        #expect(socket.chunks.allSatisfy { $0.error != nil && $0.data.isEmpty })
    }

    @Test func aNewSessionBeginsWithNothing() async throws {
        try append("one\n")
        sender.received(LogSubscriptionsTests.request("a", offset: 0), isLive: true)
        try await wait { socket.text == "one\n" }
        sender.disconnected()
        let second = TestSocket()
        sender.connected(second)
        try append("two\n")
        sender.received(LogSubscriptionsTests.request("b", offset: 4), isLive: true)
        try #require(try await eventually { second.text == "two\n" })
        #expect(socket.text == "one\n")
    }
}
