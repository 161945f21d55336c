import OrionCore
import Testing

@testable import OrionScheduler

/// What tests ask for and look at.
extension ModelCluster {
    /// Applies services as one document.
    @discardableResult
    mutating func apply(
        _ services: ServiceSpecification..., name: String = "default", nodes: [String] = [], dryRun: Bool = false,
        prune: Bool = false, takeOver: Bool = false
    ) -> Answer {
        var config = OrionConfig()
        config.metadata.name = name
        config.spec.services = services
        config.spec.nodes = nodes.map { OrionConfig.ExpectedNode(name: $0) }
        return request(
            .apply(Request.Apply(config: config, isDryRun: dryRun, prunes: prune, takesOver: takeOver)))
    }

    func record(_ name: ServiceName) throws -> ServiceRecord { try #require(state.serviceRecord(name)) }
    func status(_ name: ServiceName) throws -> ServiceStatus { try record(name).status }

    /// The replicas told to run, oldest first.
    func running(_ name: ServiceName) -> [StoredReplica] {
        store.replicas.values.filter {
            $0.service == name && $0.intent == .run && !$0.state.isFinal && $0.state != .lost
        }
        .sorted { $0.fence < $1.fence }
    }

    /// How many live replicas each agent has, in the order of the nodes' names.
    func distribution(_ names: ServiceName...) -> [Int] {
        agents.keys.sorted().map { id in
            agents[id]?.records.values.filter { names.contains($0.service) && !$0.phase.isFinal }.count ?? 0
        }
    }

    func heard(_ id: NodeID) -> [String] { agents[id]?.heard ?? [] }

    mutating func forgetHeard() { for id in agents.keys { agents[id]?.heard = [] } }

    /// Every change of the state that a step over everything would still decide.
    mutating func fullPass() -> Decision {
        state.reviewEverything()
        return step()
    }
}

extension Answer {
    var result: ApplyResult {
        get throws {
            guard case .applied(let result) = self else { throw UnexpectedAnswer(answer: "\(self)") }
            return result
        }
    }

    var error: OrionError {
        get throws {
            guard case .refused(let error) = self else { throw UnexpectedAnswer(answer: "\(self)") }
            return error
        }
    }

    var node: NodeRecord {
        get throws {
            guard case .node(let record) = self else { throw UnexpectedAnswer(answer: "\(self)") }
            return record
        }
    }
}

struct UnexpectedAnswer: Error { let answer: String }

/// A service with this many replicas.
func service(
    _ name: ServiceName, replicas: Int = 1, _ change: (inout ServiceSpecification) -> Void = { _ in }
) -> ServiceSpecification {
    var specification = ServiceSpecification(name: name)
    specification.replicas = replicas
    change(&specification)
    return specification
}

/// A version of the service `web`.
func version(
    _ number: Int, replicas: Int = 3, _ change: (inout ServiceSpecification) -> Void = { _ in }
) -> ServiceSpecification {
    service("web", replicas: replicas) { specification in
        specification.env = ["VERSION": "\(number)"]
        change(&specification)
    }
}

/// One that never becomes ready.
func hopeless(
    replicas: Int = 3, _ change: (inout ServiceSpecification) -> Void = { _ in }
) -> ServiceSpecification {
    service("web", replicas: replicas) { specification in
        specification.entry = "hopeless.ts"
        change(&specification)
    }
}

extension ModelCluster {
    /// Each process of a generation exits and is started again by its agent; then a second passes.
    mutating func restartByItself(_ service: ServiceName, generation: Int) {
        for replica in running(service) where replica.generation == generation {
            agents[replica.node]?.set(replica.id, .backoff)
            agents[replica.node]?.records[replica.id]?.restarts += 1
            settle()
            agents[replica.node]?.set(replica.id, .starting)
        }
        advance(1)
    }
}
