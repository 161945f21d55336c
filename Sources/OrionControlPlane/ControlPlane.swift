public import Logging
public import OrionCore
public import OrionScheduler
public import OrionStore
public import ServiceLifecycle
internal import Synchronization

/// A control plane without doors: it keeps the state, decides, and talks to agents through `AgentConnection`s.
///
/// Nothing is acknowledged, sent or shown before it is durable. All of its judgement happens in one task, `run()`; every
/// other member may be called from anywhere, does not block, and does not wait but where it is `async`.
public final class ControlPlane: Service, Sendable {
    let store: any StateStore
    let options: ControlPlaneOptions
    let logger: Logger
    let inbox: Inbox
    let clock = Mutex(EngineClock(raw: MachineTime.monotonic()))
    let published: Publication
    let start = StartSignal()
    let judge: EngineMachine.Judgement
    private let wasRun = Atomic(false)

    /// A control plane that keeps its state in `store`; `run()` starts it.
    public convenience init(
        store: any StateStore, options: ControlPlaneOptions = ControlPlaneOptions(), logger: Logger
    ) {
        self.init(store: store, options: options, logger: logger, judge: EngineMachine.reconcile)
    }

    init(
        store: any StateStore, options: ControlPlaneOptions, logger: Logger, judge: @escaping EngineMachine.Judgement
    ) {
        self.store = store
        self.options = options
        self.logger = logger
        self.judge = judge
        inbox = Inbox(options: options)
        published = Publication(ClusterState.empty(options.reconciler))
    }

    /// Loads the state and serves until the graceful shutdown or the task's cancellation; then what was taken in is
    /// finished, the sessions are closed with 1001, and the store is closed.
    ///
    /// Throws a `StoreError` or an `OrionError` if the state cannot be loaded. A store that fails later is waited for. To be
    /// called once; its task may belong to any actor, the work does not.
    @concurrent
    public func run() async throws {
        guard !wasRun.exchange(true, ordering: .relaxed) else {
            throw OrionError(.conflict, "this control plane was run before: make another")
        }
        let outcome: Result<Void, any Error> = await withTaskCancellationOrGracefulShutdownHandler {
            do {
                let machine = try await load()
                await serve(machine)
                return .success(())
            } catch {
                return .failure(error)
            }
        } onCancelOrGracefulShutdown: {
            self.inbox.stop()
        }
        inbox.finish()
        published.finish()
        await store.close()
        try outcome.get()
    }

    /// Returns once requests are taken; throws `unavailable` if the state cannot be loaded.
    public func started() async throws(OrionError) { try await start.wait() }

    /// The last committed state; empty until started. Costs some tens of nanoseconds, and may be kept.
    public var snapshot: ClusterState { published.state }

    /// `snapshot` with a number that no other has: what was made of it holds for as long as the number does.
    package var publication: (number: UInt64, state: ClusterState) { published.numbered }

    /// The last committed state, then each as it is committed; a reader that is slower misses those in between. Ends when
    /// the control plane does.
    public var snapshots: AsyncStream<ClusterState> { published.states() }

    /// Makes a change, and returns once it is durable.
    ///
    /// Throws what refuses it, and `unavailable` if nothing can be taken in now or the commit failed. It is not interrupted
    /// by cancellation.
    public func perform(_ request: Request) async throws(OrionError) -> Answer {
        try await inbox.perform(request).get()
    }

    /// Takes an agent's connection, which is kept until `SessionEvent.closed` was received from it. Its first event is to
    /// be a `hello`.
    public func connect(_ connection: any AgentConnection) -> SessionID { inbox.connect(connection) }

    /// Takes what a session brings, in order.
    public func receive(_ event: SessionEvent, from session: SessionID) { inbox.receive(event, from: session) }

    /// To be called before agents' connections are closed for a shutdown: a session that ends from now on says nothing of its
    /// node, so that none is taken for silent, and nothing replaced, while requests in flight are finished.
    public func beginShutdown() { inbox.beginShutdown() }

    /// Whether changes are taken now.
    public var availability: Availability {
        guard let closure = inbox.closure else { return .available }
        return .unavailable(reason: closure.reason)
    }

    /// The control plane's own clock, which stands still while it does.
    public var now: Instant { clock.withLock { $0.now(raw: MachineTime.monotonic()) } }

    /// The wall clock, for what is received now.
    public var wallTime: Timestamp { MachineTime.wall() }

    /// What the control plane's clock said `seconds` ago, for a silence that was measured on another clock
    /// (`SessionEvent.closed(silentSince:)`): the control plane's own standstills within it do not count.
    public func instant(secondsAgo seconds: Double) -> Instant {
        clock.withLock { $0.instant(secondsAgo: seconds, raw: MachineTime.monotonic()) }
    }
}

extension ClusterState {
    /// What is shown before anything is loaded.
    fileprivate static func empty(_ options: ReconcilerOptions) -> ClusterState {
        do {
            let nothing = StoredState(cluster: StoredCluster(clusterId: ""))
            let now = Moment(monotonic: .start, wall: Timestamp(milliseconds: 0))
            return try ClusterState(loading: nothing, options: options, now: now)
        } catch {
            preconditionFailure("a state without records cannot be loaded: \(error)")
        }
    }
}
