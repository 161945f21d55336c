import OrionCore
import Testing

@testable import OrionAgentKit

/// Draws the largest number there is, so that a random delay is its bound.
private struct Highest: RandomNumberGenerator {
    func next() -> UInt64 { .max }
}

@Suite struct SessionMachineTests {
    func welcome(_ cluster: String = "c1", timeout: Double = 10) -> ControlMessage {
        .welcome(
            Welcome(nodeId: "n1", clusterId: cluster, heartbeatIntervalSeconds: 5, heartbeatTimeoutSeconds: timeout))
    }

    /// What the actions are, in short.
    func names(_ actions: [SessionAction]) -> [String] {
        actions.map { action in
            switch action {
            case .sayHello: "hello"
            case .keepAlive(let ping, let silence): "keepAlive \(ping) \(silence)"
            case .heartbeats(let seconds): "heartbeats \(seconds)"
            case .remember(let cluster): "remember \(cluster)"
            case .launch: "launch"
            case .stop: "stop"
            case .update: "update"
            case .logs: "logs"
            case .close(let code, _): "close \(code)"
            case .warn: "warn"
            }
        }
    }

    func served(cluster: String? = nil) -> SessionMachine {
        var machine = SessionMachine(addresses: 1, cluster: cluster, acceptedCluster: nil)
        _ = machine.opened()
        _ = machine.received(welcome(), holdsReplicas: false)
        return machine
    }

    @Test func saysHelloAndObeysAfterTheWelcome() {
        var machine = SessionMachine(addresses: 1, cluster: nil, acceptedCluster: nil)
        #expect(names(machine.opened()) == ["keepAlive 2.5 10.0", "hello"])
        let stop = ControlMessage.stop(Stop(serviceName: "web", replicaId: "web-000001"))
        #expect(names(machine.received(stop, holdsReplicas: false)) == ["warn"])
        #expect(
            names(machine.received(welcome(timeout: 4), holdsReplicas: true))
                == ["remember c1", "keepAlive 1.0 4.0", "heartbeats 5.0"])
        #expect(names(machine.received(stop, holdsReplicas: false)) == ["stop"])
        #expect(names(machine.received(.sync, holdsReplicas: false)) == ["hello"])
        #expect(names(machine.received(.unknown(type: "x"), holdsReplicas: false)) == [])
        #expect(names(machine.received(welcome("c2"), holdsReplicas: false)) == [])
        #expect(names(machine.welcomeOverdue()) == [])
    }

    @Test func keepsItsReplicasFromAnotherCluster() {
        var machine = SessionMachine(addresses: 1, cluster: "c0", acceptedCluster: "c9")
        _ = machine.opened()
        #expect(names(machine.received(welcome("c1"), holdsReplicas: true)) == ["warn", "close 1000"])
        #expect(names(machine.received(.sync, holdsReplicas: true)) == [])
        #expect(machine.cluster == "c0")
        #expect(machine.stage == .closing)
    }

    @Test func changesOverWithoutReplicasOrWhenToldTo() {
        var empty = SessionMachine(addresses: 1, cluster: "c0", acceptedCluster: nil)
        _ = empty.opened()
        #expect(names(empty.received(welcome("c1"), holdsReplicas: false)).first == "remember c1")
        var told = SessionMachine(addresses: 1, cluster: "c0", acceptedCluster: "c1")
        _ = told.opened()
        #expect(names(told.received(welcome("c1"), holdsReplicas: true)).first == "remember c1")
        var same = SessionMachine(addresses: 1, cluster: "c1", acceptedCluster: nil)
        _ = same.opened()
        #expect(names(same.received(welcome("c1"), holdsReplicas: true)).first == "keepAlive 2.5 10.0")
    }

    @Test func waitsLongerEachTimeUpToAQuarterOfTheTimeout() {
        var random = Highest()
        var machine = SessionMachine(addresses: 1, cluster: nil, acceptedCluster: nil)
        let delays = (0..<6).map { _ in machine.ended(after: 10, using: &random) }
        #expect(delays.map { ($0 * 10).rounded() / 10 } == [0.2, 0.4, 0.8, 1.6, 2.5, 2.5])
        _ = machine.opened()
        _ = machine.received(welcome(timeout: 2), holdsReplicas: false)
        #expect(machine.ended(after: 10, using: &random) <= 0.2)
        let after = (0..<4).map { _ in machine.ended(after: 10, using: &random) }
        #expect(after.map { ($0 * 10).rounded() / 10 } == [0.2, 0.4, 0.5, 0.5])
    }

    @Test func aSessionThatEndsAtOnceIsAFailureToo() {
        var random = Highest()
        var machine = SessionMachine(addresses: 1, cluster: nil, acceptedCluster: nil)
        let delays = (0..<4).map { _ in
            _ = machine.opened()
            _ = machine.received(welcome(), holdsReplicas: false)
            return machine.ended(after: 0.1, using: &random)
        }
        #expect(delays.map { ($0 * 10).rounded() / 10 } == [0.2, 0.4, 0.8, 1.6])
    }

    @Test func delaysAreDrawn() {
        var random = SystemRandomNumberGenerator()
        var machine = SessionMachine(addresses: 1, cluster: nil, acceptedCluster: nil)
        #expect(Set((0..<10).map { _ in machine.ended(after: 10, using: &random) }).count == 10)
    }

    @Test func triesEveryControlPlaneBeforeItPauses() {
        var random = Highest()
        var machine = SessionMachine(addresses: 3, cluster: nil, acceptedCluster: nil)
        #expect(machine.next == 0)
        #expect(machine.ended(after: 10, using: &random) == 0)
        #expect(machine.next == 1)
        #expect(machine.ended(after: 10, using: &random) == 0)
        #expect(machine.next == 2)
        #expect(machine.ended(after: 10, using: &random) > 0.1)
        #expect(machine.next == 0)
    }

    @Test func givesUpOnASilentWelcome() {
        var machine = SessionMachine(addresses: 1, cluster: nil, acceptedCluster: nil)
        _ = machine.opened()
        #expect(names(machine.welcomeOverdue()) == ["close 1001", "warn"])
        #expect(names(machine.received(welcome(), holdsReplicas: false)) == [])
    }

    @Test func doesNotBelieveAbsurdTimes() {
        var machine = SessionMachine(addresses: 1, cluster: nil, acceptedCluster: nil)
        _ = machine.opened()
        #expect(
            names(machine.received(welcome(timeout: 0), holdsReplicas: false)) == [
                "remember c1", "keepAlive 2.5 10.0", "heartbeats 5.0",
            ])
    }

    @Test func takesNoOrdersOnceItLeaves() {
        var machine = served()
        machine.left()
        let stop = ControlMessage.stop(Stop(serviceName: "web", replicaId: "web-000001"))
        #expect(names(machine.received(stop, holdsReplicas: false)) == [])
    }
}
