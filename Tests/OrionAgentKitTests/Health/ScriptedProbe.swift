import OrionCore
import Synchronization

@testable import OrionAgentKit

/// Checks that end when a test says so.
final class ScriptedProbe: HealthProbe {
    struct Look: Sendable {
        let id: ReplicaID
        let body: @Sendable (HealthOutcome) -> Void
    }

    private struct State {
        var open: [Look] = []
        var counts: [ReplicaID: Int] = [:]
        var most = 0
        var endedEarly = 0
    }

    private let state = Mutex(State())

    /// Begun, and not ended.
    var open: [Look] { state.withLock { $0.open } }
    /// As many ran at one time, at the most.
    var most: Int { state.withLock { $0.most } }
    var counts: [ReplicaID: Int] { state.withLock { $0.counts } }
    var endedEarly: Int { state.withLock { $0.endedEarly } }

    func look(at target: HealthTarget, _ body: @escaping @Sendable (HealthOutcome) -> Void) -> @Sendable () -> Void {
        let id = target.id
        state.withLock { state in
            state.open.append(Look(id: id, body: body))
            state.counts[id, default: 0] += 1
            state.most = max(state.most, state.open.count)
        }
        return {
            self.state.withLock { $0.endedEarly += 1 }
            self.end(id, .failed("ended early"))
        }
    }

    /// Ends the oldest open check, of that replica if one is named; false if there is none.
    @discardableResult
    func end(_ id: ReplicaID? = nil, _ outcome: HealthOutcome) -> Bool {
        let look = state.withLock { state in
            state.open.firstIndex { id == nil || $0.id == id }.map { state.open.remove(at: $0) }
        }
        look?.body(outcome)
        return look != nil
    }
}
