import NIOCore
import OrionControlPlane
import OrionCore
import OrionScheduler

/// Joins the agents that have logs with the clients that want them. Runs its machine on one event loop; nothing of it
/// touches the engine or the store.
final class LogHub: Sendable {
    private struct State {
        var machine = LogHubMachine()
        var connections: [SessionID: any AgentConnection] = [:]
        var takes: [Int: @Sendable ([UInt8]?) -> Void] = [:]
        var searches: [Int: CheckedContinuation<Result<LogSearch?, OrionError>, Never>] = [:]
        var keepAlive: RepeatedTask?
    }

    private let controlPlane: ControlPlane
    private let eventLoop: any EventLoop
    private let state: NIOLoopBoundBox<State>

    init(controlPlane: ControlPlane, on eventLoop: any EventLoop) {
        self.controlPlane = controlPlane
        self.eventLoop = eventLoop
        state = NIOLoopBoundBox.makeBoxSendingValue(State(), eventLoop: eventLoop)
    }

    // MARK: - Agents

    /// An agent has been welcomed: what it is asked from now on comes behind that.
    func welcomed(_ session: SessionID, _ hello: Hello, _ connection: any AgentConnection) {
        let session = LogHubMachine.Session(
            id: session, node: hello.nodeId, name: hello.name, sendsLogs: hello.protocol != nil)
        perform { state in
            state.connections[session.id] = connection
            return state.machine.connected(session)
        }
    }

    /// An agent sent a piece of output.
    func received(_ chunk: LogChunk, from session: SessionID) {
        perform { $0.machine.received(chunk, from: session) }
    }

    /// An agent's session has ended.
    func closed(_ session: SessionID) {
        perform { state in
            state.connections[session] = nil
            return state.machine.disconnected(session)
        }
    }

    // MARK: - The cluster

    /// Looks where the replicas are of the services that clients follow, each time that it may have changed.
    func watch() async {
        for await snapshot in controlPlane.snapshots {
            perform { state in
                state.machine.followedServices.flatMap { service in
                    state.machine.placed(service, snapshot.placements(of: service))
                }
            }
        }
    }

    // MARK: - Clients

    /// The body of an answer; refuses what cannot be shown, with a way out.
    func open(_ query: LogQuery) async throws(OrionError) -> LogBody {
        let snapshot = controlPlane.snapshot
        guard query.replica != nil || snapshot.placements(of: query.service) != nil else {
            throw .noService(query.service.rawValue)
        }
        let wanted = query.replica.map { [$0] } ?? query.cursor.replicas
        let forgotten = wanted.filter { snapshot.placement(of: $0, in: query.service) == nil }
        let found = try await search(for: forgotten.suffix(ServerLimits.logSearches), query, snapshot)
        let result = await withCheckedContinuation { continuation in
            perform { state -> [LogHubMachine.Action] in
                do throws(OrionError) {
                    let (number, actions) = try state.machine.open(query, self.placements(query), forgotten: found)
                    continuation.resume(returning: Result<Int, OrionError>.success(number))
                    return actions
                } catch {
                    continuation.resume(returning: .failure(error))
                    return []
                }
            }
        }
        return LogBody(hub: self, number: try result.get())
    }

    /// Where the replicas are now: on the loop, so that no change is missed between this and the next snapshot.
    private func placements(_ query: LogQuery) -> [ReplicaPlacement] {
        let snapshot = controlPlane.snapshot
        if let replica = query.replica {
            return snapshot.placement(of: replica, in: query.service).map { [$0] } ?? []
        }
        return snapshot.placements(of: query.service) ?? []
    }

    /// A client has room for a page.
    func pull(_ number: Int, _ take: @escaping @Sendable ([UInt8]?) -> Void) {
        perform { state in
            state.takes[number] = take
            return state.machine.pull(number)
        }
    }

    /// A client is gone.
    func leave(_ number: Int) {
        perform { state in
            state.takes[number] = nil
            return state.machine.leave(number)
        }
    }

    private func search(
        for replicas: some Collection<ReplicaID>, _ query: LogQuery, _ snapshot: ClusterState
    ) async throws(OrionError) -> [ReplicaPlacement] {
        guard !replicas.isEmpty else { return [] }
        let replicas = Array(replicas)
        let result: Result<LogSearch?, OrionError> = await withCheckedContinuation { continuation in
            perform { state -> [LogHubMachine.Action] in
                do throws(OrionError) {
                    let (number, actions) = try state.machine.search(replicas)
                    state.searches[number] = continuation
                    self.eventLoop.scheduleTask(in: .seconds(ServerLimits.logSearchSeconds)) {
                        self.perform { _ in [.found(number)] }
                    }
                    return actions
                } catch {
                    continuation.resume(returning: .failure(error))
                    return []
                }
            }
        }
        let search = try result.get()
        let placements = replicas.compactMap { replica in
            search?.found[replica].map { ReplicaPlacement(replica: replica, node: $0.node, nodeName: $0.name) }
        }
        if placements.isEmpty, let replica = query.replica {
            let away = snapshot.nodeRecords().count { !$0.connected }
            throw OrionError(
                .notFound,
                "No node that is connected keeps logs of a replica \(quoted(replica.rawValue)) of \(query.service): those of "
                    + "ended replicas are kept for a day, of the last five of a service on a node."
                    + (away > 0 ? " \(away) nodes are not connected." : ""))
        }
        return placements
    }

    // MARK: - Actions

    private func perform(_ transition: @escaping @Sendable (inout State) -> [LogHubMachine.Action]) {
        eventLoop.execute {
            let actions = transition(&self.state.value)
            for action in actions { self.perform(action) }
            self.armKeepAlive()
        }
    }

    private func perform(_ action: LogHubMachine.Action) {
        switch action {
        case .send(let session, let request): _ = state.value.connections[session]?.send(.logs(request))
        case .deliver(let number, let page): state.value.takes.removeValue(forKey: number)?(page)
        case .close(let session, let reason):
            state.value.connections[session]?.close(code: CloseCode.invalidPayload, reason: reason)
        case .found(let number):
            let search = state.value.machine.searches.removeValue(forKey: number)
            state.value.searches.removeValue(forKey: number)?.resume(returning: .success(search))
        }
    }

    private func armKeepAlive() {
        let isNeeded = !state.value.machine.followers.isEmpty
        if !isNeeded {
            state.value.keepAlive?.cancel()
            state.value.keepAlive = nil
        } else if state.value.keepAlive == nil {
            let interval = TimeAmount.seconds(ServerLimits.logKeepAliveSeconds)
            state.value.keepAlive = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
                self.perform { $0.machine.keepAlive() }
            }
        }
    }
}
