import NIOCore
import Testing

@testable import OrionWS

@Suite struct WebSocketMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func at(_ seconds: Double) -> NIODeadline { start + .seconds(seconds) }

    private func make(_ role: WebSocketMachine.Role = .server, pings: Bool = false) -> WebSocketMachine {
        var configuration = WebSocketConfiguration()
        configuration.maximumFrameBytes = 1000
        configuration.pingIntervalSeconds = pings ? 2.5 : nil
        configuration.silenceTimeoutSeconds = pings ? 10 : nil
        return WebSocketMachine(role, configuration, at: start)
    }

    private func actions(
        _ machine: inout WebSocketMachine, _ bytes: [UInt8], at seconds: Double = 0
    ) -> [WebSocketMachine.Action] {
        var buffer = ByteBuffer(bytes: bytes)
        var actions: [WebSocketMachine.Action] = []
        while let action = machine.received(&buffer, at: at(seconds)) { actions.append(action) }
        return actions
    }

    private func closing(_ action: WebSocketMachine.Action?) throws -> WebSocketMachine.Ending {
        guard case .end(let ending) = try #require(action) else {
            Issue.record("no end: \(String(describing: action))")
            return .init(transport: .keep)
        }
        return ending
    }

    @Test func deliversAndAnswersPings() {
        var machine = make()
        #expect(
            actions(&machine, frame(0x81, "a") + frame(0x89, "p") + frame(0x82, [1]) + frame(0x8A, "unasked")) == [
                .text(ByteBuffer(string: "a")), .pong(ByteBuffer(string: "p")), .binary(ByteBuffer(bytes: [1])),
                .nothing,
            ])
    }

    @Test(arguments: [WebSocketMachine.Role.server, .client]) func answersTheClosingHandshake(
        _ role: WebSocketMachine.Role
    ) throws {
        var machine = make(role)
        let mask: [UInt8]? = role == .server ? [1, 2, 3, 4] : nil
        let all = actions(
            &machine, frame(0x88, [0x03, 0xE9] + Array("bye".utf8), mask: mask) + frame(0x81, "x", mask: mask))
        #expect(all.count == 1)
        let ending = try closing(all.first)
        #expect(ending.frame == CloseFrame(code: 1001, reason: ""))
        #expect(ending.closure?.origin == .remote)
        #expect(ending.closure?.code == 1001)
        #expect(ending.closure?.reason == "bye")
        // The server closes the connection first (RFC 6455 §7.1.1).
        #expect(ending.transport == (role == .server ? .closeOutput : .keep))
        #expect(machine.nextDeadline == at(5))
        #expect(machine.timerFired(at: at(5)) == .end(.init(transport: .close)))
        #expect(machine.nextDeadline == nil)
        #expect(machine.disconnected("gone", at: at(6)) == nil)
    }

    @Test func anEmptyCloseIsAnsweredWithAnEmptyOne() throws {
        var machine = make()
        let ending = try closing(actions(&machine, frame(0x88, "")).first)
        #expect(ending.frame == .empty)
        #expect(ending.closure?.code == nil)
    }

    @Test func beginsTheClosingHandshake() throws {
        var machine = make()
        let maybe = machine.close(code: 4409, reason: "taken", at: start)
        let first = try #require(maybe)
        #expect(first.frame == CloseFrame(code: 4409, reason: "taken"))
        #expect(first.closure == nil)
        #expect(machine.close(code: 1000, reason: "", at: start) == nil)
        #expect(actions(&machine, frame(0x81, "late") + frame(0x89, "p")) == [.nothing, .nothing])
        let ending = try closing(actions(&machine, frame(0x88, [0x11, 0x39])).first)
        #expect(ending.frame == nil)
        #expect(ending.closure?.origin == .local)
        #expect(ending.closure?.code == 4409)
        #expect(ending.closure?.reason == "taken")
    }

    @Test func doesNotWaitForACloseFrameForEver() {
        var machine = make()
        _ = machine.close(code: 1000, reason: "", at: start)
        #expect(machine.nextDeadline == at(5))
        #expect(machine.timerFired(at: at(4.9)) == nil)
        guard case .end(let ending) = machine.timerFired(at: at(5)) else {
            Issue.record("no end")
            return
        }
        #expect(ending.closure?.origin == .local)
        #expect(ending.transport == .close)
        #expect(machine.nextDeadline == nil)
    }

    @Test func closesOnViolations() throws {
        var machine = make()
        let all = actions(&machine, frame(0x81, "a") + frame(0x83, "b") + frame(0x81, "c"))
        #expect(all.count == 2)
        let ending = try closing(all.last)
        #expect(ending.frame?.code == 1002)
        #expect(ending.closure?.origin == .local)
        #expect(ending.transport == .closeOutput)
        #expect(actions(&machine, frame(0x81, "d")) == [])
    }

    @Test func aViolationWhileClosingIsTheEnd() throws {
        var machine = make()
        _ = machine.close(code: 4400, reason: "", at: start)
        let ending = try closing(actions(&machine, [0xFF]).first)
        #expect(ending.frame == nil)
        #expect(ending.closure?.code == 4400)
        #expect(ending.transport == .close)
    }

    @Test func closesWhatDoesNotDrain() throws {
        var machine = make()
        let maybe = machine.overflowed(.close(code: 4413), at: start)
        let ending = try #require(maybe)
        #expect(ending.frame?.code == 4413)
        #expect(ending.closure?.didNotDrain == true)
        #expect(machine.overflowed(.close(code: 4413), at: start) == nil)
        #expect(machine.timerFired(at: at(5)) == .end(.init(transport: .close)))
    }

    @Test func whereMessagesAreRefusedAFullOutboxEndsNothing() {
        var machine = make()
        #expect(machine.overflowed(.refuse, at: start) == nil)
        #expect(machine.isOpen)
    }

    @Test func aLostConnectionIsTold() throws {
        var machine = make(pings: true)
        #expect(machine.timerFired(at: at(2.5)) == .ping)
        _ = machine.pinged(at: at(2.5))
        let maybe = machine.disconnected("reset", at: at(4))
        let closure = try #require(maybe)
        #expect(closure.origin == .lost)
        #expect(closure.code == nil)
        #expect(closure.reason == "reset")
        #expect(closure.silentForSeconds == 4)
        #expect(machine.disconnected("again", at: at(5)) == nil)
    }

    @Test func endsWhatIsSilent() throws {
        var machine = make(pings: true)
        for second in [2.5, 5, 7.5] {
            #expect(machine.nextDeadline == at(second))
            #expect(machine.timerFired(at: at(second)) == .ping)
            _ = machine.pinged(at: at(second))
            #expect(machine.timerFired(at: at(second)) == nil)
        }
        guard case .end(let ending) = machine.timerFired(at: at(10)) else {
            Issue.record("no end")
            return
        }
        #expect(ending.frame == nil)
        #expect(ending.closure?.origin == .lost)
        #expect(ending.closure?.code == nil)
        #expect(ending.closure?.silentForSeconds == 10)
        #expect(ending.transport == .close)
    }

    @Test func probes() {
        var machine = make()
        let first = machine.probed(7, within: 2, at: start)
        _ = machine.probed(8, within: 3, at: at(1))
        #expect(machine.nextDeadline == at(2))
        #expect(actions(&machine, frame(0x8A, [0, 0, 0, 0, 0, 0, 0, UInt8(first)]), at: 1.5) == [.answered([7])])
        #expect(machine.timerFired(at: at(2)) == nil)
        #expect(machine.nextDeadline == at(4))
        #expect(machine.timerFired(at: at(4)) == .unanswered([8]))
        #expect(machine.timerFired(at: at(4)) == nil)
        _ = machine.probed(9, within: 3, at: at(5))
        #expect(machine.takeProbes() == [9])
        #expect(machine.takeProbes() == [])
    }

    /// It cannot be answered before what stands before it has been read.
    @Test func aProbeBeginsOnceItHasLeft() {
        var machine = make()
        let number = machine.probed(7, within: 2, at: start)
        machine.outputMoved(after: start, at: at(2))
        #expect(machine.timerFired(at: at(2)) == nil)
        #expect(machine.nextDeadline == at(4))
        machine.pingLeft(number, at: at(3))
        // What moves now stands behind it.
        machine.outputMoved(after: at(2), at: at(4))
        #expect(machine.nextDeadline == at(5))
        #expect(machine.timerFired(at: at(5)) == .unanswered([7]))
    }

    @Test func aStandstillMovesTheDeadlines() {
        var machine = make(pings: true)
        _ = machine.pinged(at: at(2.5))
        _ = machine.probed(1, within: 2, at: at(2.5))
        machine.woke(at: at(20), due: at(4.5))
        #expect(machine.timerFired(at: at(20)) == .unanswered([1]) || machine.timerFired(at: at(20)) == .ping)
        #expect(machine.disconnected("", at: at(20))?.silentForSeconds == 4.5)
    }
}
