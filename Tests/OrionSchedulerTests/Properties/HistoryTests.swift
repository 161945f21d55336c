import Foundation
import HashTreeCollections
import OrionCore
import Testing

@testable import OrionScheduler

/// Random histories, the same twenty each time: what a change breaks is found by the one who changes. `ORION_HISTORIES` runs
/// as many new ones, `ORION_SEED` runs one again.
@Suite struct HistoryTests {
    private static var seeds: [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["ORION_SEED"].flatMap(UInt64.init) { return [seed] }
        guard let count = environment["ORION_HISTORIES"].flatMap(UInt64.init) else { return Array(1...20) }
        let first = environment["ORION_FIRST_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0..<(1 << 40))
        return (0..<count).map { first + $0 }
    }

    @Test func everyHistoryKeepsTheInvariantsAndConverges() throws {
        for seed in Self.seeds {
            var history = History(seed: seed)
            try history.run(steps: 250)
            guard let problem = history.cluster.violation ?? Self.unsettled(&history) else { continue }
            Issue.record("ORION_SEED=\(seed): \(problem)")
            if ProcessInfo.processInfo.environment["ORION_SEED"] != nil {
                print(history.log.joined(separator: "\n"))
                print(history.cluster.description)
            }
            return
        }
    }

    /// What is not as it should be once every fault has stopped.
    private static func unsettled(_ history: inout History) -> String? {
        let state = history.cluster.state
        for (name, service) in state.services {
            if service.stored.isRemoving { return "\(name) is still being removed" }
            if service.isOnTrial { return "\(name) is still being rolled out" }
            // Someone has to look at it: it is halted, or wants more of what some agents only take for ready.
            if service.isHalted || service.specification.entry == "hopeless.ts" { continue }
            let members = service.members
            if members.toReplace > 0, state.nextNode(for: service.current.demand, among: nil) != nil,
                members.count(.outdated) > 0, members[.done, ReplicaState.Level.failed].isEmpty
            {
                return "\(name) still has outdated replicas"
            }
            if service.missing > 0, state.unreadyDependencies(of: service).isEmpty,
                state.nextNode(for: service.current.demand, among: nil) != nil
            {
                return "\(name) misses replicas, though there is room"
            }
            if members.live != members.ready { return "\(name) has replicas that are not ready" }
            if members.live + members.count(.done) > service.wanted + (members.toReplace > 0 ? service.maxSurge : 0) {
                return "\(name) has too many replicas"
            }
        }
        if let problem = history.cluster.agentsDiffer() { return problem }
        let decision = history.cluster.fullPass()
        if !decision.changes.isEmpty || !decision.commands.isEmpty || !decision.facts.isEmpty {
            return "a full pass over a settled state decides \(decision)"
        }
        return reloaded(&history)
    }

    /// A control plane that starts on what was stored decides nothing once its agents are back.
    private static func reloaded(_ history: inout History) -> String? {
        let before = history.cluster.state.serviceRecords().map(\.status)
        do { try history.cluster.restartControlPlane() } catch { return "\(error)" }
        let loaded = history.cluster.state.serviceRecords().map(\.status)
        for (old, new) in zip(before, loaded)
        where old.instances.map(\.replicaId) != new.instances.map(\.replicaId) || old.observed != new.observed
            || old.generation != new.generation || old.rollout.state != new.rollout.state
            || old.rollout.generation != new.rollout.generation || old.rollout.evidence != new.rollout.evidence
            || old.observedGeneration != new.observedGeneration
        {
            return "after a restart \(old) is \(new)"
        }
        for id in history.cluster.agents.keys.sorted() { history.cluster.connect(id) }
        let launched = history.cluster.agents.values.map(\.launched.count)
        history.cluster.advance(60)
        if history.cluster.agents.values.map(\.launched.count) != launched {
            return "a restart launches something: \(history.cluster.facts.suffix(12).map(\.message))"
        }
        return history.cluster.violation ?? history.cluster.agentsDiffer()
    }
}

extension ModelCluster {
    /// How what agents hold differs from what they should hold.
    func agentsDiffer() -> String? {
        for (id, agent) in agents.sorted(by: { $0.key < $1.key }) {
            let placed = store.replicas.values.filter { $0.node == id && $0.intent == .run && !$0.state.isFinal }
            // What an agent with base fields alone was told counts as done, though the launch may be lost with its session.
            if agent.isBase, Set(agent.live).isSubset(of: placed.map(\.id)) { continue }
            if agent.live != placed.map(\.id).sorted() {
                return "\(id) runs \(agent.live), placed are \(placed.map(\.id).sorted())"
            }
            if !agent.isBase, agent.records.count != agent.live.count {
                return "\(id) still holds records of ended replicas"
            }
            if !agent.isBase, let session = state.nodes[id]?.session, session.digest.description != agent.digest {
                return "the digest of \(id) differs"
            }
            for (replica, record) in agent.records where !agent.isBase && !record.phase.isFinal {
                let generation = store.replicas[replica]?.generation ?? 0
                if record.generation < generation { return "\(replica) was not told of generation \(generation)" }
            }
        }
        return nil
    }

    /// Everything, for a person who looks for a mistake.
    var description: String {
        var lines: [String] = []
        for name in state.serviceNames {
            guard let service = state.services[name] else { continue }
            lines.append("\(service.stored) wants \(service.wanted)")
            for id in service.members.all {
                guard let replica = state.replicas[id] else { continue }
                lines.append(
                    "  \(id) on \(replica.node): \(replica.standing) \(replica.level) \(replica.stored.intent)"
                        + " \(replica.stored.state) generation \(replica.stored.generation)")
            }
        }
        for (id, node) in state.nodes.sorted(by: { $0.key < $1.key }) {
            lines.append("\(id) \(node.presence) \(node.stored) agent \(agents[id]?.records.mapValues(\.phase) ?? [:])")
        }
        return lines.joined(separator: "\n")
    }
}
