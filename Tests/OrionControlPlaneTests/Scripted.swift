import Logging
import OrionCore
import OrionScheduler
import OrionStore
import Synchronization

@testable import OrionControlPlane

/// A judgement that is easy to foresee: every request writes a document of the service's name and is answered with the
/// events taken in so far, every status writes its replica and tells its agent something that it ignores; a heartbeat changes nothing.
final class Script: Sendable {
    private let taken = Mutex<[Event]>([])

    var events: [Event] { taken.withLock { $0 } }

    /// The replicas that statuses named, in the order in which they were taken in.
    var statuses: [ReplicaID] {
        events.compactMap { if case .session(_, .status(let status)) = $0 { status.replicaId } else { nil } }
    }

    var judge: EngineMachine.Judgement {
        { _, events, now, _ in
            self.taken.withLock { $0 += events }
            return Self.decide(events, now)
        }
    }

    static let judge: EngineMachine.Judgement = { _, events, now, _ in decide(events, now) }

    private static func decide(_ events: [Event], _ now: Moment) -> Decision {
        var decision = Decision()
        decision.nextDeadline = now.monotonic.advanced(bySeconds: 30)
        for event in events {
            switch event {
            case .request(let id, .restart("refused")):
                decision.answers.append((id, .refused(OrionError(.notFound, "there is no such service"))))
            case .request(_, .restart("forgotten")): break
            case .request(let id, .restart(let name)):
                decision.changes.append(.configuration(StoredConfiguration(name: name.rawValue, document: [])))
                decision.answers.append((id, .forgotten(NodeID(rawValue: name.rawValue))))
                decision.facts.append(Fact(.info, "asked", service: name))
            case .session(let session, .status(let status)):
                decision.changes.append(
                    .configuration(StoredConfiguration(name: status.replicaId.rawValue, document: [])))
                let message = ControlMessage.unknown(type: status.replicaId.rawValue)
                decision.commands.append(OrionScheduler.Command(session: session, action: .send(message)))
            default: break
            }
        }
        return decision
    }

    static func status(_ replica: ReplicaID) -> SessionEvent {
        .status(ReplicaStatus(service: "web", replicaId: replica, state: .failed))
    }
}

extension EngineMachine.Effect: CustomStringConvertible {
    /// In a word or two, for comparisons.
    public var description: String {
        switch self {
        case .commit(let changes): "commit \(changes.count)"
        case .probe: "probe"
        case .publish: "publish"
        case .send(let command): "send to \(command.session)"
        case .answer(let id, .success): "answer \(id.rawValue)"
        case .answer(let id, .failure(let error)): "refuse \(id.rawValue) \(error.code)"
        case .suspend(let error): "suspend \(error.code)"
        case .resume: "resume"
        case .log: "log"
        }
    }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Waits for a condition, a minute at most.
func eventually(_ condition: () throws -> Bool) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(60)
    while try !condition() {
        guard clock.now < deadline else { throw TestFailure("it did not happen within a minute") }
        try await Task.sleep(for: .milliseconds(2))
    }
}
