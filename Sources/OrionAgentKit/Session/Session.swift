import Dispatch
import Logging
import OrionCore
import OrionWS

/// The agent's end of its conversation with the control plane: runs the machine, and does what it wants done.
///
/// Shares the supervisor's executor, so that a hello and the statuses after it are one story: nothing can happen to a
/// replica between the two.
actor Session {
    /// To connect, to be upgraded, and then once more to be welcomed.
    static let handshakeSeconds = 15.0
    /// As good as for ever: a late answer renews leases as of its ping, and while nothing is read the socket takes a ping
    /// whose time is over for answered.
    static let leasePingSeconds = 86_400.0
    /// Of the interval between two heartbeats: they come a little before each second ping is due, as a rule, and take it
    /// along instead of coming a little after it.
    static let heartbeatHaste = 0.98

    nonisolated let executor: QueueExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let identity: SessionIdentity
    private let supervisor: Supervisor
    private let directory: DataDirectory
    private let logger: Logger
    /// Sends the replicas' output where the control plane asks for it.
    nonisolated let logs: LogSender
    private var machine: SessionMachine
    private var socket: (any AgentSocket)?
    /// Counts connections, so that a timer of an earlier one is known for late.
    private var connection = 0
    private var isLeaving = false
    /// When the last connection was opened.
    private var openedAt = ContinuousClock.now
    private var nodeSampler: NodeSampler
    private var replicaSampler = ReplicaSampler()
    private var random = SystemRandomNumberGenerator()
    private var whenApart: [CheckedContinuation<Void, Never>] = []

    init(
        identity: SessionIdentity, machine: SessionMachine, supervisor: Supervisor, directory: DataDirectory,
        nodeSampler: NodeSampler, logger: Logger
    ) {
        self.executor = supervisor.executor
        self.identity = identity
        self.machine = machine
        self.supervisor = supervisor
        self.directory = directory
        self.logger = logger
        self.logs = LogSender(replicasPath: directory.replicasPath)
        self.nodeSampler = nodeSampler
    }

    // MARK: - Connections

    /// The place of the control plane to try next; nil once the agent ends.
    var next: Int? { isLeaving ? nil : machine.next }

    /// A connection has ended or could not be made. Seconds to wait before the next.
    func ended() -> Double {
        machine.ended(after: (Now.read().instant - openedAt) / .seconds(1), using: &random)
    }

    /// A socket is open.
    func opened(_ socket: any AgentSocket) {
        if isLeaving { return socket.close(code: WebSocketCloseCode.goingAway, reason: "leaving") }
        self.socket = socket
        logs.connected(socket)
        connection += 1
        let number = connection
        after(Self.handshakeSeconds) { session in
            if session.connection == number { session.perform(session.machine.welcomeOverdue()) }
        }
        openedAt = Now.read().instant
        perform(machine.opened())
    }

    /// A frame came.
    func received(_ json: [UInt8]) {
        guard socket != nil else { return }
        do throws(OrionError) {
            let message = try ControlMessage(json: json)
            if case .unknown(let type) = message { logger.debug("Frame ignored.", metadata: ["type": "\(type)"]) }
            let holdsReplicas = supervisor.assumeIsolated { $0.holdsReplicas }
            let before = machine.stage
            perform(machine.received(message, holdsReplicas: holdsReplicas))
            if before == .greeting, machine.stage == .serving {
                // Hello has been answered, like a ping.
                let openedAt = openedAt
                supervisor.assumeIsolated { $0.leaseRenewed(since: openedAt) }
                logger.info("Connected to the control plane.", metadata: ["cluster": "\(machine.cluster ?? "")"])
            }
        } catch {
            logger.error(
                "A frame of the control plane cannot be read, and is ignored.", metadata: ["reason": "\(error.message)"]
            )
        }
    }

    /// The socket has closed.
    func closed(_ socket: any AgentSocket, _ why: String) {
        guard self.socket === socket else { return }
        self.socket = nil
        connection += 1
        supervisor.assumeIsolated { $0.sessionEnded() }
        logs.disconnected()
        logger.warning("Disconnected from the control plane.", metadata: ["reason": "\(why)"])
        let waiting = whenApart
        whenApart = []
        for continuation in waiting { continuation.resume() }
    }

    // MARK: - Ending

    /// Says that the agent leaves, stops every replica, and says goodbye.
    func leave() async {
        beginLeaving()
        await supervisor.allStopped()
        send(.goodbye)
        await close(code: WebSocketCloseCode.normal, reason: "goodbye")
    }

    private func beginLeaving() {
        isLeaving = true
        send(.leaving)
        supervisor.assumeIsolated { $0.stopAll() }
        machine.left()
    }

    /// Ends the connection and leaves the replicas running.
    func detach() async {
        isLeaving = true
        machine.left()
        await supervisor.detach()
        await close(code: WebSocketCloseCode.goingAway, reason: "detached")
    }

    private func close(code: UInt16, reason: String) async {
        guard let socket else { return }
        socket.close(code: code, reason: reason)
        await withCheckedContinuation { whenApart.append($0) }
    }

    // MARK: - Actions

    private func perform(_ actions: [SessionAction]) {
        for action in actions { perform(action) }
    }

    private func perform(_ action: SessionAction) {
        switch action {
        case .sayHello: sayHello()
        case .keepAlive(let ping, let silence):
            socket?.setKeepAlive(pingIntervalSeconds: ping, silenceTimeoutSeconds: silence)
        case .heartbeats(let seconds): heartbeat(everySeconds: seconds, connection)
        case .remember(let cluster): remember(cluster)
        case .launch(let order): launch(order)
        case .stop(let stop): supervisor.assumeIsolated { $0.stop(stop) }
        case .update(let update): supervisor.assumeIsolated { $0.update(update) }
        case .logs(let request): send(request)
        case .close(let code, let reason): socket?.close(code: code, reason: reason)
        case .warn(let text): logger.warning("\(text)")
        }
    }

    private func sayHello() {
        guard let socket else { return }
        let replicas = supervisor.assumeIsolated { supervisor in
            supervisor.setReporter { [logs] status in
                socket.send(text: AgentMessage.status(status).json())
                if status.state.isFinal { logs.ended(status.replicaId) }
            }
            return supervisor.statuses
        }
        socket.send(text: identity.hello(replicas))
    }

    private func send(_ request: LogRequest) {
        let isLive = request.replicaId.map { id in supervisor.assumeIsolated { $0.isLive(id) } } ?? false
        logs.received(request, isLive: isLive)
    }

    private func send(_ message: AgentMessage) {
        socket?.send(text: message.json())
    }

    private func heartbeat(everySeconds seconds: Double, _ number: Int) {
        guard connection == number, machine.stage == .serving else { return }
        let now = Now.read()
        var heartbeat = Heartbeat(timestamp: now.timestamp, metrics: nodeSampler.sample(at: now.instant))
        let (sessions, digest) = supervisor.assumeIsolated { ($0.sessions(), $0.digest) }
        heartbeat.replicas = replicaSampler.sample(sessions, at: now.instant)
        heartbeat.digest = digest.description
        send(.heartbeat(heartbeat))
        after(seconds * Self.heartbeatHaste) { $0.heartbeat(everySeconds: seconds, number) }
    }

    /// Stops what ran for too long without a control plane, and finds out whether there is one; again and again, until the
    /// agent ends, and what it stops before that.
    func watchLeases() {
        let now = Now.read()
        let (needsPing, isOver) = supervisor.assumeIsolated { supervisor in
            supervisor.endLeases(now)
            return (supervisor.machine.needsPing(now), !supervisor.isGuarding)
        }
        if isLeaving, isOver { return }
        if needsPing, machine.stage == .serving || isLeaving { renewLeases(now) }
        after(SupervisorMachine.leaseTickSeconds) { $0.watchLeases() }
    }

    /// Sends a ping: what is answered renews the leases from now on. On a clock that runs through suspend.
    private func renewLeases(_ now: Now) {
        let number = connection
        socket?.ping(within: Self.leasePingSeconds) { [weak self] isAnswered in
            guard isAnswered else { return }
            self?.post { session in
                guard session.connection == number else { return }
                session.supervisor.assumeIsolated { $0.leaseRenewed(since: now.instant) }
            }
        }
    }

    /// What has to be sure that it is still wanted is so after one ping.
    private func launch(_ order: Launch) {
        let isFirstToWait = supervisor.assumeIsolated { supervisor in
            let wereWaiting = supervisor.machine.unproven.count
            supervisor.launch(order)
            return wereWaiting == 0 && !supervisor.machine.unproven.isEmpty
        }
        if isFirstToWait { renewLeases(Now.read()) }
    }

    private func remember(_ cluster: String) {
        if let number = directory.remember(cluster: cluster) {
            logger.error("The cluster's id cannot be written.", metadata: ["reason": "\(describe(errno: number))"])
        }
    }

    private func after(_ seconds: Double, _ body: @escaping @Sendable (isolated Session) -> Void) {
        let nanoseconds = Int(min(seconds, 1e6) * 1e9)
        executor.queue.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { self.assumeIsolated(body) }
    }

    /// Enters the actor from any thread, in order, without a task.
    nonisolated func post(_ body: @escaping @Sendable (isolated Session) -> Void) {
        executor.queue.async { self.assumeIsolated(body) }
    }
}
