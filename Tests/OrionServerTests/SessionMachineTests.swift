import OrionCore
import OrionScheduler
import Testing

@testable import OrionServer

@Suite("What an agent's connection may say, and when")
struct SessionMachineTests {
    private let hello = #"{"type":"hello","payload":{"nodeId":"a","name":"n","address":"h","labels":{}}}"#
    private let heartbeat = #"{"type":"heartbeat","payload":{"timestamp":1,"metrics":{"cpu":1,"memory":2}}}"#

    @Test("A hello begins the session, a second one goes to the engine as such")
    func joins() {
        var machine = SessionMachine()
        guard case .join(let said) = machine.received(hello) else { return report("no join") }
        #expect(said.nodeId == "a")
        #expect(machine.node == "a")
        guard case .rejoin = machine.received(hello) else { return report("no second hello") }
        guard case .heartbeat = machine.received(heartbeat) else { return report("no heartbeat") }
    }

    @Test("Another frame before the hello is 4408", arguments: ["heartbeat", "leaving", "unknown"])
    func helloFirst(type: String) {
        var machine = SessionMachine()
        let frame = #"{"type":"\#(type)","payload":{"timestamp":1,"metrics":{"cpu":1,"memory":2}}}"#
        #expect(machine.received(frame).code == 4408)
    }

    @Test("A hello that does not come is 4408; one that came is in time")
    func helloInTime() {
        var silent = SessionMachine()
        #expect(silent.helloIsDue().code == 4408)
        var joined = SessionMachine()
        _ = joined.received(hello)
        #expect(joined.helloIsDue().code == nil)
    }

    @Test("Another nodeId is 4400")
    func nodeId() {
        var machine = SessionMachine()
        _ = machine.received(hello)
        #expect(machine.received(hello.replacing(#""a""#, with: #""b""#)).code == 4400)
    }

    @Test(
        "What is no envelope is 1007",
        arguments: ["", "x", "[]", "null", "{}", #"{"type":1}"#, #"{"payload":{}}"#, #"{"type":"hello""#])
    func envelope(frame: String) {
        var machine = SessionMachine()
        #expect(machine.received(frame).code == 1007)
    }

    @Test(
        "A payload of another shape is 4400",
        arguments: [
            #"{"type":"hello"}"#, #"{"type":"hello","payload":[]}"#, #"{"type":"hello","payload":{"nodeId":1}}"#,
            #"{"type":"hello","payload":{"nodeId":"","name":"n","address":"h","labels":{}}}"#,
            #"{"type":"hello","payload":{"nodeId":"a","name":"n","address":"h","labels":{"k":1}}}"#,
            #"{"type":"hello","payload":{"nodeId":"a\u0000","name":"n","address":"h","labels":{}}}"#,
        ])
    func payload(frame: String) {
        var machine = SessionMachine()
        #expect(machine.received(frame).code == 4400)
    }

    @Test("A binary frame is 1003")
    func binary() {
        var machine = SessionMachine()
        #expect(machine.receivedBinary().code == 1003)
    }

    @Test("Unknown types and states are passed over")
    func unknown() {
        var machine = SessionMachine()
        _ = machine.received(hello)
        guard case .ignore = machine.received(#"{"type":"later","payload":[1]}"#) else { return report("type") }
        let status = #"{"type":"status","payload":{"service":"s","replicaId":"s-1","state":"dancing"}}"#
        guard case .ignore = machine.received(status) else { return report("state") }
        guard case .deliver(.leaving) = machine.received(#"{"type":"leaving","payload":{}}"#) else {
            return report("leaving")
        }
    }

    @Test("Nothing is taken once the session is being ended")
    func ended() {
        var broken = SessionMachine()
        _ = broken.received("x")
        guard case .none = broken.received(hello) else { return report("taken after an offence") }
        var closed = SessionMachine()
        closed.ended()
        guard case .none = closed.receivedBinary() else { return report("taken after the end") }
        guard case .none = closed.helloIsDue() else { return report("due after the end") }
    }

    private func report(_ what: Comment) { Issue.record(what) }
}

extension SessionMachine {
    fileprivate mutating func received(_ text: String) -> Action { received(text: Array(text.utf8).span) }
}

extension SessionMachine.Action {
    fileprivate var code: UInt16? {
        guard case .close(let code, let reason) = self, !reason.isEmpty else { return nil }
        return code
    }
}
