import OrionCore
import OrionScheduler
import Synchronization
import Testing

@testable import OrionControlPlane

@Suite struct MailboxTests {
    final class Connection: AgentConnection {
        private let paused = Mutex(false)
        var isPaused: Bool { paused.withLock { $0 } }
        func send(_ message: ControlMessage) -> Bool { true }
        func close(code: UInt16, reason: String) {}
        func probe() {}
        func pauseReading() { paused.withLock { $0 = true } }
        func resumeReading() { paused.withLock { $0 = false } }
    }

    var mailbox = Mailbox(limit: 8, sessionLimit: 4)
    let connections = [Connection(), Connection()]
    let sessions: [SessionID]

    init() {
        mailbox.close(nil)
        var sessions: [SessionID] = []
        for connection in connections { sessions.append(mailbox.connect(connection)) }
        self.sessions = sessions
    }

    /// Which connections are paused once everything due was told to them.
    mutating func paused() -> [Bool] {
        var isFirst = true
        while let valve = mailbox.nextValve(isFirst: isFirst) {
            isFirst = false
            if valve.isPaused { valve.connection.pauseReading() } else { valve.connection.resumeReading() }
        }
        return connections.map(\.isPaused)
    }

    mutating func submit() -> OrionError.Code? {
        switch mailbox.submit(.restart("web")) {
        case .success: nil
        case .failure(let error): error.code
        }
    }

    /// As agents do that connect again and again while the store cannot be written.
    @Test mutating func keepsNothingOfASessionThatCameAndWentUnseen() {
        let hello = Hello(nodeId: "n", name: "n", address: "a")
        for _ in 0..<100 {
            let session = mailbox.connect(connections[0])
            mailbox.receive(.hello(hello, address: "a"), from: session)
            mailbox.receive(.closed(silentSince: .start), from: session)
        }
        #expect(mailbox.isEmpty)
        mailbox.receive(.hello(hello, address: "a"), from: sessions[0])
        #expect(mailbox.take(1).count == 1)
        mailbox.receive(.closed(silentSince: .start), from: sessions[0])
        #expect(mailbox.take(8).count == 1, "the engine knows this one")
        mailbox.receive(.hello(hello, address: "a"), from: sessions[1])
        mailbox.receive(.goodbye, from: sessions[1])
        mailbox.receive(.closed(silentSince: .start), from: sessions[1])
        #expect(mailbox.take(8).count == 3, "a goodbye is proof that the replicas have ended")
    }

    @Test mutating func aSessionThatAShutdownEndsSaysNothingOfItsNode() {
        mailbox.receive(.hello(Hello(nodeId: "n", name: "n", address: "a"), address: "a"), from: sessions[0])
        _ = mailbox.take(8)
        mailbox.isShuttingDown = true
        mailbox.receive(.closed(silentSince: .start), from: sessions[0])
        #expect(mailbox.isEmpty)
        #expect(submit() == nil, "requests in flight are finished")
    }

    @Test mutating func refusesClientsAndPausesAgentsWhenFull() {
        for _ in 0..<8 { #expect(submit() == nil) }
        #expect(submit() == .unavailable)
        #expect(paused() == [true, true])
        // What was read before is still taken.
        mailbox.receive(.leaving, from: sessions[0])
        #expect(mailbox.take(4).count == 4)
        #expect(submit() == nil)
        #expect(paused() == [true, true], "not until half is done")
        #expect(mailbox.take(2).count == 2)
        #expect(paused() == [false, false])
        #expect(mailbox.take(100).count == 4)
        #expect(mailbox.isEmpty)
    }

    @Test mutating func holdsBackTheOneAgentThatFloods() {
        for _ in 0..<3 { mailbox.receive(.leaving, from: sessions[0]) }
        #expect(paused() == [false, false])
        mailbox.receive(.leaving, from: sessions[0])
        #expect(paused() == [true, false])
        #expect(submit() == nil)
        _ = mailbox.take(2)
        #expect(paused() == [true, false])
        _ = mailbox.take(1)
        #expect(paused() == [false, false])
    }

    /// A hello is as much work as the replicas that it lists: one agent cannot fill the memory with them.
    @Test mutating func aHelloCountsForItsReplicas() {
        var hello = Hello(nodeId: "n", name: "n", address: "a")
        hello.replicas = (0..<32).map { number in
            ReplicaStatus(
                service: "web", replicaId: ReplicaID(service: "web", fence: Fence(rawValue: number)), state: .ready)
        }
        mailbox.receive(.hello(hello, address: "a"), from: sessions[0])
        #expect(paused() == [false, false])
        mailbox.receive(.hello(hello, address: "a"), from: sessions[0])
        #expect(paused() == [true, false])
        mailbox.receive(.hello(hello, address: "a"), from: sessions[1])
        #expect(submit() == .unavailable)
        #expect(mailbox.take(2).count == 2)
        #expect(paused() == [false, true])
        #expect(submit() == nil)
        // What is gone counts no more.
        mailbox.receive(.closed(silentSince: .start), from: sessions[1])
        #expect(mailbox.take(8).count == 1)
        for _ in 0..<8 { #expect(submit() == nil) }
    }

    private func heartbeat(_ cpu: Double = 0) -> SessionEvent {
        let time = Timestamp(milliseconds: 0)
        return .heartbeat(Heartbeat(timestamp: time, metrics: Usage(cpu: cpu, memory: 0)), receivedAt: time)
    }

    @Test mutating func heartbeatsWaitForEachOther() {
        mailbox = Mailbox(limit: 1000, sessionLimit: 1000)
        mailbox.close(nil)
        let sessions = (0..<Mailbox.heartbeatsTogether).map { _ in mailbox.connect(connections[0]) }
        for session in sessions.dropFirst() { mailbox.receive(heartbeat(), from: session) }
        #expect(!mailbox.isPressing)
        mailbox.receive(heartbeat(), from: sessions[0])
        #expect(mailbox.isPressing)
        #expect(mailbox.take(10).count == 10)
        #expect(mailbox.isPressing, "what a step leaves is taken by the next")
        _ = mailbox.take(1000)
        #expect(!mailbox.isPressing)
        mailbox.receive(heartbeat(), from: sessions[0])
        #expect(!mailbox.isPressing)
        mailbox.receive(.probed(isAlive: true), from: sessions[0])
        #expect(mailbox.isPressing)
        _ = mailbox.take(1000)
        #expect(submit() == nil)
        #expect(mailbox.isPressing)
        _ = mailbox.take(1000)
        mailbox.receive(.closed(silentSince: .start), from: sessions[0])
        #expect(mailbox.isPressing)
    }

    /// The sessions and loads of the heartbeats that wait, and all else by its session alone.
    private mutating func takeAll() -> [[Double]] {
        mailbox.take(1000).map { event in
            guard case .session(let id, let event) = event else { return [] }
            let number = Double(sessions.firstIndex(of: id) ?? -1)
            if case .heartbeat(let heartbeat, _) = event { return [number, heartbeat.metrics.cpu] }
            return [number]
        }
    }

    @Test mutating func aHeartbeatReplacesTheOneThatWaits() {
        for load in 1...9 { for session in sessions { mailbox.receive(heartbeat(Double(load)), from: session) } }
        #expect(takeAll() == [[0, 9], [1, 9]])
        // Those that were taken are none that wait.
        mailbox.receive(heartbeat(10), from: sessions[1])
        #expect(takeAll() == [[1, 10]])
        // What comes between keeps its place.
        mailbox.receive(heartbeat(1), from: sessions[0])
        mailbox.receive(.leaving, from: sessions[0])
        mailbox.receive(heartbeat(2), from: sessions[0])
        mailbox.receive(heartbeat(3), from: sessions[0])
        #expect(takeAll() == [[0, 1], [0], [0, 3]])
        // Nor is it looked for where others were removed before it.
        #expect(submit() == nil)
        mailbox.receive(heartbeat(1), from: sessions[0])
        mailbox.receive(heartbeat(1), from: sessions[1])
        #expect(mailbox.takeRequests().count == 1)
        mailbox.receive(heartbeat(2), from: sessions[0])
        mailbox.receive(heartbeat(3), from: sessions[0])
        #expect(takeAll() == [[0, 1], [1, 1], [0, 3]])
    }

    @Test mutating func pausesAgentsWhileNothingCanBeWritten() {
        #expect(submit() == nil)
        mailbox.receive(.leaving, from: sessions[0])
        mailbox.close(.unwritable("full"))
        #expect(submit() == .unavailable)
        #expect(mailbox.takeRequests().count == 1)
        let late = Connection()
        _ = mailbox.connect(late)
        #expect(paused() == [true, true])
        #expect(late.isPaused)
        mailbox.close(nil)
        #expect(paused() == [false, false])
        #expect(!late.isPaused)
        #expect(mailbox.take(9).count == 1)
    }

    @Test mutating func ignoresWhatFollowsTheEnd() {
        mailbox.receive(heartbeat(), from: sessions[0])
        #expect(mailbox.take(9).count == 1)
        mailbox.receive(.closed(silentSince: .start), from: sessions[0])
        mailbox.receive(.leaving, from: sessions[0])
        #expect(mailbox.connection(sessions[0]) == nil)
        #expect(mailbox.take(9).count == 1)
        mailbox.close(.stopping)
        mailbox.close(nil)
        mailbox.receive(.leaving, from: sessions[1])
        #expect(mailbox.isEmpty)
        #expect(submit() == .unavailable)
    }

    @Test mutating func onlyOneTurnsValvesAtATime() {
        for session in sessions { for _ in 0..<4 { mailbox.receive(.leaving, from: session) } }
        #expect(mailbox.nextValve(isFirst: true) != nil)
        #expect(mailbox.nextValve(isFirst: true) == nil)
        _ = mailbox.take(8)
        var turned: [Bool] = []
        while let valve = mailbox.nextValve(isFirst: false) { turned.append(valve.isPaused) }
        #expect(turned.filter { $0 }.count == 1)
        #expect(turned.count == 3)
        #expect(mailbox.nextValve(isFirst: true) == nil)
    }
}
