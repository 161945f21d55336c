import Dispatch
import OrionCore
import OrionScheduler
import Synchronization

/// The mailbox with its lock: whoever adds to it wakes the engine, which waits here.
final class Inbox: Sendable {
    typealias Reply = CheckedContinuation<Result<Answer, OrionError>, Never>

    struct Contents {
        var mailbox: Mailbox
        var replies: [RequestID: Reply] = [:]
        /// The engine, while it waits.
        var engine: CheckedContinuation<Void, Never>?
        /// Whether it waits for a call alone.
        var ignoresEvents = false
        /// Something that is no event has happened: an alarm, or the stop.
        var isCalled = false
        /// The earliest alarm that has not rung, on the machine's monotonic clock.
        var alarm: Int64?
        /// When the commit that is under way has taken too long, on the same clock.
        var commitDeadline: Int64?
        /// Whether somebody looks at that deadline when it comes.
        var isCommitWatched = false

        mutating func call() -> CheckedContinuation<Void, Never>? {
            guard let engine else {
                isCalled = true
                return nil
            }
            self.engine = nil
            return engine
        }

        /// Serves no clients any more; those that wait are to be refused.
        mutating func refuse(_ closure: Mailbox.Closure) -> [Reply] {
            mailbox.close(closure)
            return mailbox.takeRequests().compactMap { replies.removeValue(forKey: $0) }
        }

        mutating func wake() -> CheckedContinuation<Void, Never>? {
            guard !ignoresEvents, mailbox.isPressing else { return nil }
            defer { engine = nil }
            return engine
        }
    }

    private static let goingAwayReason = "the control plane is shutting down"

    let contents: Mutex<Contents>

    init(options: ControlPlaneOptions) {
        contents = Mutex(
            Contents(mailbox: Mailbox(limit: options.mailboxLimit, sessionLimit: options.sessionLimit)))
    }

    // MARK: From any thread

    /// Hands in a request and waits for its answer.
    func perform(_ request: Request) async -> Result<Answer, OrionError> {
        await withCheckedContinuation { reply in
            let (refusal, engine) = contents.withLock { contents in
                switch contents.mailbox.submit(request) {
                case .failure(let error): return (error as OrionError?, contents.wake())
                case .success(let id):
                    contents.replies[id] = reply
                    return (nil, contents.wake())
                }
            }
            engine?.resume()
            if let refusal { reply.resume(returning: .failure(refusal)) }
            turnValves()
        }
    }

    func connect(_ connection: any AgentConnection) -> SessionID {
        let (id, isStopping) = contents.withLock { contents in
            (contents.mailbox.connect(connection), contents.mailbox.isStopping)
        }
        if isStopping { connection.close(code: CloseCode.goingAway, reason: Self.goingAwayReason) }
        turnValves()
        return id
    }

    func receive(_ event: SessionEvent, from session: SessionID) {
        let engine = contents.withLock { contents in
            contents.mailbox.receive(event, from: session)
            return contents.wake()
        }
        engine?.resume()
        turnValves()
    }

    /// Why no client is served; nil while they are.
    var closure: Mailbox.Closure? { contents.withLock { $0.mailbox.closure } }

    /// Events that wait.
    var waiting: Int { contents.withLock { $0.mailbox.count } }

    /// Sessions that end from now on are ended from here.
    func beginShutdown() { contents.withLock { $0.mailbox.isShuttingDown = true } }

    /// Takes nothing more in; what waits is still served.
    func stop() {
        let engine = contents.withLock { contents in
            contents.mailbox.close(.stopping)
            return contents.call()
        }
        engine?.resume()
    }

    // MARK: From the engine

    /// Waits until there is something to take at once, or the alarm rings, or the stop is asked for.
    ///
    /// `alarm` is a time on the machine's monotonic clock. With `ignoringEvents` only an alarm or the stop ends it.
    func wait(alarm: Int64, ignoringEvents: Bool = false) async {
        setAlarm(alarm)
        await withCheckedContinuation { engine in
            let isToGoOn = contents.withLock { contents in
                let isToGoOn =
                    contents.isCalled || contents.mailbox.isStopping
                    || (!ignoringEvents && contents.mailbox.isPressing)
                contents.isCalled = false
                contents.ignoresEvents = ignoringEvents
                if !isToGoOn { contents.engine = engine }
                return isToGoOn
            }
            if isToGoOn { engine.resume() }
        }
    }

    func take(_ count: Int) -> [Event] {
        let events = contents.withLock { $0.mailbox.take(count) }
        turnValves()
        return events
    }

    var isStopping: Bool { contents.withLock { $0.mailbox.isStopping } }

    func connection(_ session: SessionID) -> (any AgentConnection)? {
        contents.withLock { $0.mailbox.connection(session) }
    }

    func answer(_ id: RequestID, _ result: Result<Answer, OrionError>) {
        contents.withLock { $0.replies.removeValue(forKey: id) }?.resume(returning: result)
    }

    /// Serves clients.
    func open() {
        contents.withLock { $0.mailbox.close(nil) }
        turnValves()
    }

    /// Serves no clients for now; those that wait are refused.
    func refuse(_ closure: Mailbox.Closure) {
        refuse(contents.withLock { $0.refuse(closure) }, closure)
        turnValves()
    }

    /// Refuses whoever still waits, closes every session.
    func finish() {
        refuse(contents.withLock { $0.refuse(.stopping) }, .stopping)
        for connection in contents.withLock({ $0.mailbox.removeSessions() }) {
            connection.close(code: CloseCode.goingAway, reason: Self.goingAwayReason)
        }
    }

    func refuse(_ replies: [Reply], _ closure: Mailbox.Closure) {
        for reply in replies { reply.resume(returning: .failure(OrionError(.unavailable, closure.reason))) }
    }

    func turnValves() {
        var isFirst = true
        while let valve = contents.withLock({ $0.mailbox.nextValve(isFirst: isFirst) }) {
            isFirst = false
            if valve.isPaused { valve.connection.pauseReading() } else { valve.connection.resumeReading() }
        }
    }

    /// One alarm is set at a time, unless one that is earlier by a millisecond is wanted; one too many does no harm.
    private func setAlarm(_ time: Int64) {
        let isNew = contents.withLock { contents in
            if let alarm = contents.alarm, alarm <= time + 1_000_000 { return false }
            contents.alarm = time
            return true
        }
        guard isNew else { return }
        let wait = max(time - MachineTime.monotonic(), 0)
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(Int(wait))) {
            let engine = self.contents.withLock { contents in
                if contents.alarm == time { contents.alarm = nil }
                return contents.call()
            }
            engine?.resume()
        }
    }
}
