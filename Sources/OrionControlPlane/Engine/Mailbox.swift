import DequeModule
package import OrionCore
package import OrionScheduler

/// What waits to be stepped, and who may add to it.
///
/// Bounded: when it is full clients are refused and no agent is read from; an agent whose own events pile up is not read
/// from. What was read before is still taken, so nothing that an agent said is dropped.
package struct Mailbox {
    /// Something to tell a connection about reading; to be done in order, outside of the lock.
    package struct Valve {
        package let connection: any AgentConnection
        package let isPaused: Bool
    }

    private struct Session {
        let connection: any AgentConnection
        /// What its events that wait count for.
        var waiting = 0
        var isPaused = false
        /// Whether none of its events was taken yet.
        var isUnseen = true
        /// Whether its agent has said that it ends, which is to be known whatever becomes of the session.
        var isEnding = false
        /// Where its last event waits, if that is a heartbeat.
        var heartbeat: Place?
    }

    /// A place among the events that wait, which holds while those before it are taken.
    private struct Place {
        /// Counted from the first event ever.
        let number: Int
        /// As of when; see `removals`.
        let removals: Int
    }

    /// By its index one is found once and changed where it stands.
    private typealias Sessions = [SessionID: Session]

    private let limit: Int
    private let sessionLimit: Int
    private var events: Deque<Event> = []
    /// What all of them count for.
    private var weight = 0
    /// How many were taken from the front so far.
    private var takenCount = 0
    /// How often some were removed from between others.
    private var removals = 0
    private var sessions: Sessions = [:]
    private var lastSession: UInt64 = 0
    private var lastRequest: UInt64 = 0
    private var isFull = false
    private var valves: Deque<Valve> = []
    private var isTurningValves = false

    /// Heartbeats that may wait for each other: their step costs more than they do.
    package static let heartbeatsTogether = 512

    /// What one step takes in at the most: the records of some hundred thousand replicas take it a second or two.
    private static let stepWeight = 8_192

    /// Whether what waits is to be taken in at once. A few heartbeats are not, since they bring figures alone: they are taken
    /// in with what comes next, or at the engine's next tick.
    package private(set) var isPressing = false

    /// Why no client is served; nil while they are.
    package private(set) var closure: Closure? = .starting

    /// Why no client is served.
    package enum Closure: Hashable {
        case starting
        case unwritable(String)
        /// A commit has not ended for so many seconds; nobody knows whether it will be taken.
        case hanging(seconds: Double)
        case stopping
    }

    package init(limit: Int, sessionLimit: Int) {
        self.limit = limit
        self.sessionLimit = sessionLimit
    }

    var count: Int { events.count }
    package var isEmpty: Bool { events.isEmpty }
    var isStopping: Bool { closure == .stopping }
    /// Whether the ends of sessions mean nothing any more: they are ended from here.
    package var isShuttingDown = false

    /// Whether agents are not to be read from: nothing is stepped, or too much waits.
    private var holdsAgents: Bool {
        switch closure {
        case .unwritable, .hanging: true
        case .starting, .stopping, nil: isFull
        }
    }

    /// Takes a client's request, or says why not.
    package mutating func submit(_ request: Request) -> Result<RequestID, OrionError> {
        if let closure { return .failure(OrionError(.unavailable, closure.reason)) }
        guard weight < limit else {
            isFull = true
            regulateAll()
            return .failure(
                OrionError(.unavailable, "too much waits to be taken in already (\(limit)): try again in a moment"))
        }
        lastRequest += 1
        let id = RequestID(rawValue: lastRequest)
        append(.request(id, request))
        isPressing = true
        noteFill()
        return .success(id)
    }

    /// Takes a new connection, which is forgotten at once if the control plane is stopping.
    package mutating func connect(_ connection: any AgentConnection) -> SessionID {
        lastSession += 1
        let id = SessionID(rawValue: lastSession)
        guard !isStopping else { return id }
        sessions[id] = Session(connection: connection)
        if let session = sessions.index(forKey: id) { regulate(session) }
        return id
    }

    /// Takes what a session brings; whatever follows `closed` is ignored.
    ///
    /// A session that comes and goes unseen leaves nothing: agents that connect again and again while nothing is stepped
    /// must not fill the mailbox with hellos that no longer hold. A heartbeat takes the place of the one before, if that
    /// still waits and nothing came between: the last one is all that counts.
    package mutating func receive(_ event: SessionEvent, from id: SessionID) {
        guard !isStopping, let session = sessions.index(forKey: id) else { return }
        if case .closed = event {
            if isShuttingDown { return }
            let (_, ended) = sessions.remove(at: session)
            if ended.isUnseen, !ended.isEnding {
                removals += 1
                weight -= ended.waiting
                return events.removeAll { if case .session(id, _) = $0 { true } else { false } }
            }
            append(.session(id, event))
            isPressing = true
        } else if case .heartbeat = event, let index = waitingHeartbeat(of: session) {
            let change = event.weight - events[index].weight
            events[index] = .session(id, event)
            sessions.values[session].waiting += change
            weight += change
            regulate(session)
        } else {
            append(.session(id, event))
            note(event, of: session)
            regulate(session)
        }
        noteFill()
    }

    private mutating func append(_ event: Event) {
        events.append(event)
        weight += event.weight
    }

    /// A session's event waits behind all others.
    private mutating func note(_ event: SessionEvent, of session: Sessions.Index) {
        sessions.values[session].waiting += event.weight
        sessions.values[session].heartbeat = nil
        switch event {
        case .heartbeat:
            sessions.values[session].heartbeat = Place(number: takenCount + events.count - 1, removals: removals)
            if events.count >= Self.heartbeatsTogether { isPressing = true }
        case .leaving, .goodbye:
            sessions.values[session].isEnding = true
            isPressing = true
        default: isPressing = true
        }
    }

    /// The oldest events, `count` at most, and no more than a step's work.
    package mutating func take(_ count: Int) -> [Event] {
        var taken: [Event] = []
        var taking = 0
        while taken.count < count, taking < Self.stepWeight, let event = events.popFirst() {
            taken.append(event)
            taking += event.weight
        }
        weight -= taking
        takenCount += taken.count
        isPressing = !events.isEmpty
        for case .session(let id, let event) in taken {
            guard let session = sessions.index(forKey: id) else { continue }
            sessions.values[session].waiting -= event.weight
            sessions.values[session].isUnseen = false
            regulate(session)
        }
        if isFull, weight <= limit / 2 {
            isFull = false
            regulateAll()
        }
        return taken
    }

    /// Removes the requests that wait.
    package mutating func takeRequests() -> [RequestID] {
        var requests: [RequestID] = []
        removals += 1
        events.removeAll { event in
            guard case .request(let id, _) = event else { return false }
            requests.append(id)
            return true
        }
        weight -= requests.count
        return requests
    }

    /// Serves clients, or stops doing so. Stopping is for ever.
    package mutating func close(_ closure: Closure?) {
        guard !isStopping else { return }
        self.closure = closure
        regulateAll()
    }

    package func connection(_ id: SessionID) -> (any AgentConnection)? { sessions[id]?.connection }

    /// Forgets every session and what they said.
    mutating func removeSessions() -> [any AgentConnection] {
        defer {
            sessions = [:]
            events = []
            weight = 0
            removals += 1
            valves = []
        }
        return sessions.values.map(\.connection)
    }

    /// The next connection to tell about reading, or nil. Whoever gets one goes on until nil comes: only one does at a
    /// time, so that a pause never overtakes the resumption before it.
    package mutating func nextValve(isFirst: Bool) -> Valve? {
        if isFirst, isTurningValves { return nil }
        let valve = valves.popFirst()
        isTurningValves = valve != nil
        return valve
    }

    /// The index of a session's last event, if that is a heartbeat.
    private func waitingHeartbeat(of session: Sessions.Index) -> Int? {
        guard let place = sessions.values[session].heartbeat, place.removals == removals, place.number >= takenCount
        else { return nil }
        return place.number - takenCount
    }

    private mutating func noteFill() {
        guard !isFull, weight >= limit else { return }
        isFull = true
        regulateAll()
    }

    private mutating func regulateAll() {
        for session in sessions.indices { regulate(session) }
    }

    private mutating func regulate(_ index: Sessions.Index) {
        let session = sessions.values[index]
        let threshold = session.isPaused ? sessionLimit / 2 : sessionLimit
        let isToPause = holdsAgents || session.waiting >= max(threshold, 1)
        guard isToPause != session.isPaused else { return }
        sessions.values[index].isPaused = isToPause
        // It is read from again once what it said is taken in.
        if isToPause, session.waiting > 0 { isPressing = true }
        valves.append(Valve(connection: session.connection, isPaused: isToPause))
    }
}

extension Mailbox.Closure {
    /// For clients and for `/health`.
    var reason: String {
        switch self {
        case .starting: "the control plane is starting: try again in a moment"
        case .unwritable(let reason): "the state cannot be written: \(reason)"
        case .hanging(let seconds):
            "the state cannot be written: a commit has not ended for \(seconds) s: look at the disk and the system's log"
        case .stopping: "the control plane is stopping: try again when it runs again"
        }
    }
}

extension Event {
    /// What it counts for: one, and one more for each few replicas that an agent tells of, which are work and memory too.
    fileprivate var weight: Int {
        switch self {
        case .request: 1
        case .session(_, let event): event.weight
        }
    }
}

extension SessionEvent {
    private static let replicasInOne = 16

    fileprivate var weight: Int {
        switch self {
        case .hello(let hello, _): 1 + (hello.replicas?.count ?? 0) / Self.replicasInOne
        case .heartbeat(let heartbeat, _): 1 + (heartbeat.replicas?.count ?? 0) / Self.replicasInOne
        default: 1
        }
    }
}
