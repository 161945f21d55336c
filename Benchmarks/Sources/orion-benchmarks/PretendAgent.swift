import NIOCore
import OrionCore
import OrionWS
import Synchronization

/// An agent without processes: what it is told to launch is ready, what it is told to stop has stopped. It keeps its
/// records over sessions, and connects again when one ends.
final class PretendAgent: WebSocketHandler {
    private struct Contents {
        var records: [ReplicaID: ReplicaStatus] = [:]
        var orders = 0
        var ended: CheckedContinuation<Void, Never>?
        var isOpen = false
    }

    private let nodeId: NodeID
    private let contents = Mutex(Contents())

    init(_ number: Int) { nodeId = NodeID(rawValue: "pretend-\(number)") }

    /// Replicas that it holds.
    var recordCount: Int { contents.withLock { $0.records.count } }

    /// Launches, stops and updates that it was told since the last call.
    func takeOrderCount() -> Int {
        contents.withLock { contents in
            defer { contents.orders = 0 }
            return contents.orders
        }
    }

    /// Holds a session, and another when it ends, until it is cancelled.
    func run(_ address: String, group: any EventLoopGroup) async throws {
        guard let url = try? WebSocketURL("ws" + address.dropFirst("http".count) + "/ws") else {
            throw BenchmarkError("\(address) is no address")
        }
        while !Task.isCancelled {
            do {
                let socket = try await WebSocketClient.connect(to: url, group: group, handler: self)
                await withTaskCancellationHandler {
                    await withCheckedContinuation { continuation in
                        let hasEnded = contents.withLock { contents in
                            if contents.isOpen { contents.ended = continuation }
                            return !contents.isOpen
                        }
                        if hasEnded { continuation.resume() }
                    }
                } onCancel: {
                    socket.close(code: 1001, reason: "")
                }
            } catch {
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    func opened(_ socket: WebSocket) {
        contents.withLock { $0.isOpen = true }
        socket.send(text: hello)
    }

    func received(text: ByteBuffer, _ socket: WebSocket) {
        guard let message = try? ControlMessage(json: Array(text.readableBytesView)) else { return }
        let status: ReplicaStatus? = contents.withLock { contents in
            switch message {
            case .launch(let launch):
                contents.orders += 1
                var status = ReplicaStatus(
                    service: launch.service.value.name, replicaId: launch.replicaId, state: .ready)
                status.generation = launch.generation
                status.restarts = 0
                contents.records[launch.replicaId] = status
                return status
            case .stop(let stop):
                contents.orders += 1
                contents.records[stop.replicaId] = nil
                return ReplicaStatus(service: stop.serviceName, replicaId: stop.replicaId, state: .stopped)
            case .update:
                contents.orders += 1
                return nil
            default:
                return nil
            }
        }
        if let status { socket.send(text: AgentMessage.status(status).json()) }
        if case .sync = message { socket.send(text: hello) }
    }

    func received(binary: ByteBuffer, _ socket: WebSocket) {}

    func closed(_ closure: WebSocketClosure, _ socket: WebSocket) {
        let ended = contents.withLock { contents in
            contents.isOpen = false
            defer { contents.ended = nil }
            return contents.ended
        }
        ended?.resume()
    }

    private var hello: [UInt8] {
        var hello = Hello(nodeId: nodeId, name: nodeId.rawValue, address: "127.0.0.1")
        hello.protocol = 1
        hello.instanceId = nodeId.rawValue
        hello.replicas = contents.withLock { $0.records.values.sorted { $0.replicaId < $1.replicaId } }
        return AgentMessage.hello(hello).json()
    }
}
