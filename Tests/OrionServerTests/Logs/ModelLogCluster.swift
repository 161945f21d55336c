import OrionCore
import OrionScheduler

@testable import OrionServer

/// A hub's machine between model agents and clients that pull when a test says so.
struct ModelLogCluster {
    var machine = LogHubMachine()
    var agents: [NodeID: ModelLogAgent] = [:]
    /// What each client was sent.
    var pages: [Int: [String]] = [:]
    /// Clients that have been told the end.
    var ended: Set<Int> = []
    /// Those that wait for a page.
    var waiting: Set<Int> = []
    var closed: [SessionID] = []
    private var sessions: [SessionID: NodeID] = [:]
    private var lastSession: UInt64 = 0

    mutating func connect(_ node: NodeID, sendsLogs: Bool = true) {
        lastSession += 1
        let id = SessionID(rawValue: lastSession)
        sessions[id] = node
        if agents[node] == nil { agents[node] = ModelLogAgent() }
        perform(machine.connected(.init(id: id, node: node, name: node.rawValue, sendsLogs: sendsLogs)))
    }

    mutating func disconnect(_ node: NodeID) {
        agents[node]?.disconnect()
        for (id, known) in sessions where known == node {
            sessions[id] = nil
            perform(machine.disconnected(id))
        }
    }

    mutating func open(_ query: LogQuery, _ replicas: [ReplicaID: NodeID]) throws(OrionError) -> Int {
        let (number, actions) = try machine.open(query, Self.placements(replicas))
        perform(actions)
        return number
    }

    mutating func place(_ service: ServiceName, _ replicas: [ReplicaID: NodeID]?) {
        perform(machine.placed(service, replicas.map(Self.placements)))
    }

    mutating func pull(_ client: Int) {
        guard waiting.insert(client).inserted, !ended.contains(client) else { return }
        perform(machine.pull(client))
    }

    mutating func leave(_ client: Int) {
        waiting.remove(client)
        perform(machine.leave(client))
    }

    /// Lets agents send one piece; false where none has any.
    mutating func send(using random: inout some RandomNumberGenerator) -> Bool {
        for (session, node) in sessions.sorted(by: { $0.key < $1.key }).shuffled(using: &random) {
            if let chunk = agents[node]?.next(using: &random) {
                perform(machine.received(chunk, from: session))
                return true
            }
        }
        return false
    }

    /// Sends and pulls until nothing moves.
    mutating func settle(_ clients: [Int], using random: inout some RandomNumberGenerator) {
        repeat {
            for client in clients { pull(client) }
        } while send(using: &random) || clients.contains(where: { !waiting.contains($0) && !ended.contains($0) })
    }

    func text(_ client: Int) -> String { (pages[client] ?? []).joined() }

    mutating func perform(_ actions: [LogHubMachine.Action]) {
        for action in actions {
            switch action {
            case .send(let session, let request):
                if let node = sessions[session] { agents[node]?.received(request) }
            case .deliver(let client, let page):
                precondition(waiting.remove(client) != nil, "a page that nobody waits for")
                if let page {
                    pages[client, default: []].append(String(decoding: page, as: UTF8.self))
                } else {
                    ended.insert(client)
                }
            case .close(let session, _): closed.append(session)
            case .found: break
            }
        }
    }

    private static func placements(_ replicas: [ReplicaID: NodeID]) -> [ReplicaPlacement] {
        replicas.sorted { $0.key < $1.key }.map {
            ReplicaPlacement(replica: $0.key, node: $0.value, nodeName: $0.value.rawValue)
        }
    }
}
