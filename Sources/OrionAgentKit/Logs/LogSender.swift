import Dispatch
import Glibc
import OrionCore
import Synchronization

/// Sends output of replicas to the control plane while it is subscribed to: runs the machine, reads the files, and looks
/// after those that may grow, all of it on a queue of its own.
///
/// Statuses and heartbeats go first: while more than a little waits for the socket, no output is put behind it.
final class LogSender: Sendable {
    private struct State {
        var subscriptions = LogSubscriptions()
        var files: [String: LogFile] = [:]
        var socket: (any AgentSocket)?
        var isLooking = false
    }

    /// What may wait for the socket until output is held back: a status waits for no more than this and a chunk.
    static let socketBytes = 64 * 1024
    /// How often the files that were read to their end are looked at: all of them at once, a microsecond each.
    private static let lookMilliseconds = 100

    private let replicasPath: String
    private let queue = DispatchQueue(label: "orion.logs", qos: .utility)
    private let state = Mutex(State())
    /// Whether output waits for the socket.
    private let isHeld = Atomic(false)

    /// - Parameter replicasPath: the folder of the replicas' folders.
    init(replicasPath: String) { self.replicasPath = replicasPath }

    /// Output goes to this socket from now on.
    func connected(_ socket: any AgentSocket) {
        perform { state in
            state.subscriptions.removeAll()
            state.socket = socket
        }
    }

    /// Nobody listens any more.
    func disconnected() {
        perform { state in
            state.subscriptions.removeAll()
            state.socket = nil
        }
    }

    /// The control plane asks for output, for more of it, or for no more.
    ///
    /// - Parameter isLive: whether the replica has, or will have, a process.
    func received(_ request: LogRequest, isLive: Bool) {
        perform { state in
            // The file of a subscription of that id before.
            if request.replicaId != nil { state.files[request.id] = nil }
            guard let refusal = state.subscriptions.received(request, isLive: isLive) else { return }
            state.socket?.send(text: AgentMessage.log(refusal).json())
        }
    }

    /// A replica has ended, and nothing of it is left that could write.
    func ended(_ replica: ReplicaID) {
        perform { $0.subscriptions.ended(replica) }
    }

    /// The socket has taken something in.
    func drained() {
        if isHeld.exchange(false, ordering: .sequentiallyConsistent) { perform { _ in } }
    }

    private func perform(_ body: @escaping @Sendable (inout State) -> Void) {
        queue.async {
            self.state.withLock { state in
                body(&state)
                self.send(&state)
            }
        }
    }

    /// Sends what may be sent.
    private func send(_ state: inout State) {
        while let socket = state.socket, hasRoom(socket), let read = state.subscriptions.next() {
            let outcome = perform(read, &state.files)
            guard let chunk = state.subscriptions.read(read.id, outcome) else { continue }
            socket.send(text: AgentMessage.log(chunk).json())
        }
        for id in state.files.keys where !state.subscriptions.contains(id) { state.files[id] = nil }
        lookLater(&state)
    }

    private func hasRoom(_ socket: any AgentSocket) -> Bool {
        if socket.waitingBytes < Self.socketBytes { return true }
        isHeld.store(true, ordering: .sequentiallyConsistent)
        // It may have been drained just before that.
        return socket.waitingBytes < Self.socketBytes
    }

    private func perform(
        _ read: LogSubscriptions.Read, _ files: inout [String: LogFile]
    ) -> LogSubscriptions.Outcome {
        do throws(LogFile.Failure) {
            let file = if let open = files[read.id] { open } else { try LogFile(path(of: read.output)) }
            files[read.id] = file
            let offset: Int64
            switch read.place {
            case .offset(let given): offset = given
            case .lastLines(let count): offset = try file.start(ofLastLines: count)
            }
            return .piece(try file.read(at: offset, atMost: read.limit, isComplete: read.isComplete))
        } catch {
            switch error {
            case .absent: return .absent
            case .system(let number): return .failed("its output cannot be read: \(describe(errno: number))")
            }
        }
    }

    private func path(of output: LogSubscriptions.Output) throws(LogFile.Failure) -> String {
        let id = output.replica.rawValue
        guard ReplicaFolder.isValid(id: id) else { throw .absent }
        let folder = ReplicaFolder(id: id, path: replicasPath + "/" + id)
        return output.stream == .stdout ? folder.stdoutPath : folder.stderrPath
    }

    // MARK: - Growing files

    private func lookLater(_ state: inout State) {
        guard !state.isLooking, state.subscriptions.isAnyWaiting else { return }
        state.isLooking = true
        queue.asyncAfter(deadline: .now() + .milliseconds(Self.lookMilliseconds)) {
            self.state.withLock { state in
                state.isLooking = false
                self.look(&state)
                self.send(&state)
            }
        }
    }

    private func look(_ state: inout State) {
        for (id, output, size) in state.subscriptions.waiting {
            if let file = state.files[id] {
                if (try? file.size()) != size { state.subscriptions.grew(id) }
            } else if let path = try? path(of: output), access(path, F_OK) == 0 {
                state.subscriptions.grew(id)
            }
        }
    }
}
