package import OrionCore
package import OrionScheduler
package import OrionStore

/// The only writer of a cluster's state, without the waiting: takes in events and the outcomes of commits, and says what
/// to do next.
///
/// A step happens on a copy, which becomes the state once its changes are durable, and only then is anything sent or
/// answered. A commit that fails discards the copy; what agents said is kept and taken in again, what clients asked for is
/// refused, and nothing is stepped until the store can be written again.
package struct EngineMachine {
    /// What the shell is to do, in the order given.
    package enum Effect {
        /// Write these, and say how it went (`committed`); always the last of its list.
        case commit([StateChange])
        /// Find out whether a commit would work, and say so (`probed`); always the last of its list.
        case probe
        /// Show `state` to readers.
        case publish
        /// Tell an agent; where its connection has ended, say so (`undelivered`).
        case send(OrionScheduler.Command)
        /// Tell a waiting caller.
        case answer(RequestID, Result<Answer, OrionError>)
        /// Refuse clients, do not read from agents, probe after a while.
        case suspend(StoreError)
        /// Take clients and read from agents again.
        case resume
        /// Tell people.
        case log(Fact)
    }

    /// Between a step and the next one that happens for a deadline alone.
    static let shortestWaitSeconds = 0.001

    /// What decides: the reconciler, or what a test puts in its place.
    package typealias Judgement =
        @Sendable (
            _ state: inout ClusterState, _ events: [Event], _ now: Moment, _ random: inout any RandomNumberGenerator
        ) -> Decision

    package static let reconcile: Judgement = { state, events, now, random in
        Reconciler.step(&state, events, now: now, random: &random)
    }

    private enum Phase {
        /// Steps.
        case ready
        /// Waits for a commit.
        case committing(Step)
        /// Waits until the store can be written; a step whose commit may or may not have been taken is committed again.
        case suspended(unresolved: Step?)
    }

    private struct Step {
        let candidate: ClusterState
        let events: [Event]
        let now: Instant
        var decision: Decision
        /// Whether an earlier commit of it may have been taken: it cannot be given up any more.
        var isUnresolved = false
    }

    /// The last state that is durable.
    package private(set) var state: ClusterState

    /// When to step though nothing happens.
    package private(set) var nextDeadline: Instant?

    /// What agents said in steps that could not be committed, oldest first.
    package private(set) var retained: [Event] = []

    /// Launches of the last step that found their connection ended.
    private var unsent: [Event] = []

    private let judge: Judgement
    private var phase = Phase.ready
    private var isSuspended = false

    package init(state: ClusterState, judge: @escaping Judgement = reconcile) {
        self.state = state
        self.judge = judge
    }

    /// Whether `step` may be called: no outcome is awaited, and the store is not known to fail.
    package var isReady: Bool { if case .ready = phase { true } else { false } }

    /// Takes in what happened, after what was retained. Only when ready.
    package mutating func step(_ events: [Event], now: Moment, random: inout any RandomNumberGenerator) -> [Effect] {
        guard isReady else { preconditionFailure("a step while \(phase)") }
        let events = retained + unsent + events
        retained = []
        unsent = []
        var candidate = state
        let decision = judge(&candidate, events, now, &random)
        let step = Step(candidate: candidate, events: events, now: now.monotonic, decision: decision)
        if decision.changes.isEmpty { return complete(step) }
        phase = .committing(step)
        return [.commit(decision.changes)]
    }

    /// A command found its connection ended; the next step hears of it where that matters.
    package mutating func undelivered(_ command: OrionScheduler.Command) {
        guard case .send(.launch(let launch)) = command.action else { return }
        unsent.append(.session(command.session, .undelivered(launch.replicaId)))
    }

    /// Takes the outcome of a commit.
    package mutating func committed(_ outcome: Result<Void, StoreError>) -> [Effect] {
        guard case .committing(let step) = phase else { preconditionFailure("an outcome while \(phase)") }
        switch outcome {
        case .success: return complete(step)
        case .failure(let error): return suspend(step, error)
        }
    }

    /// Tries again: to be called a while after `suspend`.
    package mutating func retry() -> [Effect] {
        guard case .suspended(let unresolved) = phase else { preconditionFailure("a retry while \(phase)") }
        guard let unresolved else { return [.probe] }
        phase = .committing(unresolved)
        return [.commit(unresolved.decision.changes)]
    }

    /// Takes the outcome of a probe. What was retained is to be stepped before clients are served again, so that a store
    /// that takes a probe and nothing more does not count as one that works.
    package mutating func probed(_ outcome: Result<Void, StoreError>) -> [Effect] {
        guard case .suspended(unresolved: nil) = phase else { preconditionFailure("a probe's outcome while \(phase)") }
        if case .failure(let error) = outcome { return [.suspend(error)] }
        phase = .ready
        return retained.isEmpty ? resume() : []
    }

    private mutating func resume() -> [Effect] {
        guard isSuspended else { return [] }
        isSuspended = false
        return [.resume]
    }

    private mutating func complete(_ step: Step) -> [Effect] {
        phase = .ready
        state = step.candidate
        // A deadline that has passed already must not turn the engine into a loop.
        let earliest = step.now.advanced(bySeconds: Self.shortestWaitSeconds)
        nextDeadline = step.decision.nextDeadline.map { max($0, earliest) }
        var effects: [Effect] = [.publish]
        effects += step.decision.commands.map(Effect.send)
        effects += answers(to: step)
        effects += resume()
        effects += step.decision.facts.map(Effect.log)
        return effects
    }

    private func answers(to step: Step) -> [Effect] {
        if step.isUnresolved { return [] }
        var answered: Set<RequestID> = []
        var effects: [Effect] = step.decision.answers.map { id, answer in
            answered.insert(id)
            if case .refused(let error) = answer { return .answer(id, .failure(error)) }
            return .answer(id, .success(answer))
        }
        // Nobody may wait for ever because of a fault in the judgement.
        effects += step.events.compactMap(\.request).filter { !answered.contains($0) }.map { id in
            .answer(id, .failure(OrionError(.unavailable, "the request was taken, and nothing was decided about it")))
        }
        return effects
    }

    private mutating func suspend(_ step: Step, _ error: StoreError) -> [Effect] {
        isSuspended = true
        var effects: [Effect] = []
        if !step.isUnresolved {
            let refusal = OrionError(.unavailable, "the state cannot be written: \(error.message)")
            effects = step.events.compactMap(\.request).map { .answer($0, .failure(refusal)) }
        }
        if step.isUnresolved || error.code == .unknownOutcome {
            var step = step
            step.isUnresolved = true
            phase = .suspended(unresolved: step)
        } else {
            retained = step.events.filter { $0.request == nil }
            phase = .suspended(unresolved: nil)
        }
        return effects + [.suspend(error)]
    }
}

extension Event {
    /// The caller that waits for an answer to it.
    fileprivate var request: RequestID? { if case .request(let id, _) = self { id } else { nil } }
}
