import COrionSpawn
import Synchronization

/// Until its exec a child shows the environment of its agent. That may have been started by a replica of its own, and
/// the child is not of that one.
extension GatedProcess {
    /// The children between fork and exec, by their numbers, which none of them can lose meanwhile.
    private static let waiting = Mutex<Set<Int32>>([])

    /// Whether a process is a child of this one that waits at its gate. One that there is and that is not, never will be.
    static func isWaiting(_ pid: Int32) -> Bool {
        waiting.withLock { $0.contains(pid) }
    }

    /// Forks, so that nobody sees the child before it is known to be one.
    static func forkWaiting(_ fork: () throws(SpawnError) -> orion_child) throws(SpawnError) -> orion_child {
        try waiting.withLock { waiting throws(SpawnError) in
            let child = try fork()
            waiting.insert(child.pid)
            return child
        }
    }

    /// The child has come to its program, or to its end.
    static func passed(_ pid: Int32) {
        _ = waiting.withLock { $0.remove(pid) }
    }
}
