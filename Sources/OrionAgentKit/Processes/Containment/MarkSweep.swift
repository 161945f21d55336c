import Dispatch
import Synchronization

/// Ends what is left of replicas that have no cgroup, by the mark in its environment.
///
/// On a queue of its own, since a walk over all processes takes a while, and one walk serves all who wait when it
/// begins.
final class MarkSweep: Sendable {
    /// How soon a replica is looked at again of which something was, or may be, there: doubling from 1 ms to this. What is killed
    /// is gone within a millisecond, unless it waits for a disk.
    private static let lastPauseMilliseconds = 500

    private struct Request: Sendable {
        let replica: String
        let pauseMilliseconds: Int
        let body: @Sendable () -> Void
    }

    private let mark: AgentMark
    private let custody: Custody
    private let processes: String
    private let queue = DispatchQueue(label: "orion.sweep")
    /// Bounded by the replicas that a node may have: each waits once.
    private let waiting = Mutex<[Request]>([])

    /// - Parameter processes: where they are seen.
    init(mark: AgentMark, custody: Custody = Custody(), processes: String = ProcessTable.folder) {
        self.mark = mark
        self.custody = custody
        self.processes = processes
    }

    /// Kills every process of `replica`, and calls `body` once none is left; never, if `custody` ends before.
    func clear(_ replica: String, _ body: @escaping @Sendable () -> Void) {
        add(Request(replica: replica, pauseMilliseconds: 1, body: body))
    }

    private func add(_ request: Request) {
        let isFirst = waiting.withLock { waiting in
            waiting.append(request)
            return waiting.count == 1
        }
        if isFirst { queue.async { self.sweep() } }
    }

    private func sweep() {
        // Taken before the walk: who comes later may have left something where it has passed already.
        let requests = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        guard let found = try? MarkedProcess.all(of: mark, in: processes) else {
            // Whoever cannot look does not know that nothing is left.
            for request in requests { again(request) }
            return
        }
        let processes = Dictionary(grouping: found, by: \.replica)
        for request in requests {
            let isClear = custody.whileHeld {
                // What cannot be killed now is found again.
                for process in processes[request.replica] ?? [] { try? process.kill(mark) }
                return processes[request.replica] == nil
            }
            switch isClear {
            case nil: continue
            case true?: request.body()
            case false?: again(request)
            }
        }
    }

    private func again(_ request: Request) {
        queue.asyncAfter(deadline: .now() + .milliseconds(request.pauseMilliseconds)) {
            let pause = min(request.pauseMilliseconds * 2, Self.lastPauseMilliseconds)
            self.add(Request(replica: request.replica, pauseMilliseconds: pause, body: request.body))
        }
    }
}
