import Dispatch
import OrionCore
import Synchronization

/// One run of a check's command: a process group of its own, of which nothing is left when it is over. Confined to its queue.
final class ExecRun: Sendable {
    private struct State {
        var isOver = false
        /// Why it is being killed, if it is.
        var verdict: String?
        /// Until its program runs.
        var gated: GatedProcess?
        var process: WatchedProcess?
        var exit: ExitStatus?
        var output: TailPipe?
    }

    private let target: HealthTarget
    private let queue: DispatchQueue
    private let body: @Sendable (HealthOutcome) -> Void
    private let state = Mutex(State())

    init(_ target: HealthTarget, on queue: DispatchQueue, _ body: @escaping @Sendable (HealthOutcome) -> Void) {
        self.target = target
        self.queue = queue
        self.body = body
    }

    /// Takes a child that waits at its gate, and lets it run.
    func start(_ gated: GatedProcess, _ output: TailPipe) {
        if let verdict = state.withLock({ $0.verdict }) {
            gated.abandon()
            return couldNotStart(verdict)
        }
        state.withLock { state in
            state.gated = gated
            state.output = output
        }
        queue.asyncAfter(deadline: .after(target.timeout)) {
            self.kill(self.target.timeoutText)
        }
        gated.release(on: queue) { outcome in
            switch outcome {
            case .success(let process): self.started(process)
            case .failure(let error): self.couldNotStart(self.state.withLock { $0.verdict } ?? error.message)
            }
        }
    }

    /// Nothing of it runs.
    func couldNotStart(_ reason: String) {
        finish(.failed("health check: \(reason)"))
    }

    /// Ends it early.
    func cancel() {
        kill("ended early")
    }

    private func started(_ process: WatchedProcess) {
        let verdict = state.withLock { state in
            state.process = process
            state.gated = nil
            return state.verdict
        }
        if verdict != nil { process.killGroup() }
        process.onExit(on: queue) { status in
            self.state.withLock { $0.exit = status }
            // What it has left in the background ends with it.
            if !process.isGroupEmpty(thoroughly: false) { process.killGroup() }
            process.onGroupEmpty(on: self.queue) {
                process.reap()
                self.conclude()
            }
        }
    }

    private func kill(_ reason: String) {
        let (gated, process): (GatedProcess?, WatchedProcess?) = state.withLock { state in
            guard !state.isOver, state.verdict == nil, state.exit == nil else { return (nil, nil) }
            state.verdict = reason
            return (state.gated, state.process)
        }
        // One that waits for a file system has not come to its program, and has no group but itself.
        gated?.kill()
        process?.killGroup()
    }

    private func conclude() {
        let state = self.state.withLock { $0 }
        if state.verdict == nil, state.exit?.isSuccess == true { return finish(.passed) }
        let what = state.verdict ?? state.exit?.description ?? "ended"
        let said = state.output?.tail() ?? ""
        let command = target.check.exec?.command.text ?? ""
        finish(.failed("health check `\(command)` \(what)" + (said.isEmpty ? "" : ": \(said)")))
    }

    private func finish(_ outcome: HealthOutcome) {
        let isFirst = state.withLock { state in
            defer { state = State(isOver: true) }
            return !state.isOver
        }
        if isFirst { body(outcome) }
    }
}
