import NIOCore
import OrionCore
import OrionWS
import Synchronization

/// One of a crowd of agents that run nothing: it says hello, and then what it is asked to say.
final class CrowdAgent: WebSocketHandler {
    private struct Contents {
        var socket: WebSocket?
        var isWelcome = false
        /// Who waits for the welcome, or for the connection's end before that.
        var waiting: CheckedContinuation<Bool, Never>?
    }

    private let hello: [UInt8]
    private let contents = Mutex(Contents())

    init(_ number: Int) {
        let nodeId = NodeID(rawValue: "crowd-\(number)")
        var hello = Hello(nodeId: nodeId, name: nodeId.rawValue, address: "10.0.0.1")
        hello.protocol = 1
        hello.instanceId = nodeId.rawValue
        hello.replicas = []
        hello.labels = ["os": "linux", "arch": "x86_64"]
        hello.capacity = Capacity(cpu: 4, memory: 8192)
        self.hello = AgentMessage.hello(hello).json()
    }

    /// Its connection, while there is one.
    var socket: WebSocket? { contents.withLock { $0.socket } }

    /// Connects until it has been welcomed, and counts the attempts. An agent of ours does likewise, after pauses that grow.
    func connect(
        to url: WebSocketURL, _ configuration: WebSocketConfiguration, _ group: any EventLoopGroup,
        attempts: Crowd.Count
    ) async throws {
        while true {
            attempts.add()
            let socket = try? await WebSocketClient.connect(
                to: url, configuration: configuration, group: group, handler: self)
            if socket != nil, await isWelcomed() { return }
            try await Task.sleep(for: .milliseconds(.random(in: 50...200)))
        }
    }

    private func isWelcomed() async -> Bool {
        await withCheckedContinuation { continuation in
            let known: Bool? = contents.withLock { contents in
                guard contents.socket != nil, !contents.isWelcome else { return contents.isWelcome }
                contents.waiting = continuation
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    func opened(_ socket: WebSocket) {
        contents.withLock { $0.socket = socket }
        socket.send(text: hello)
    }

    func received(text: ByteBuffer, _ socket: WebSocket) {
        guard case .welcome = try? ControlMessage(json: Array(text.readableBytesView)) else { return }
        settle(isWelcome: true)
    }

    func received(binary: ByteBuffer, _ socket: WebSocket) {}

    func closed(_ closure: WebSocketClosure, _ socket: WebSocket) {
        contents.withLock { $0.socket = nil }
        settle(isWelcome: false)
    }

    private func settle(isWelcome: Bool) {
        let waiting = contents.withLock { contents in
            contents.isWelcome = isWelcome
            return contents.waiting.take()
        }
        waiting?.resume(returning: isWelcome)
    }
}
