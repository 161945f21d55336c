import OrionCore
import Testing

@testable import orion

@Suite struct ArgumentTests {
    @Test(arguments: [("90", 90), ("90s", 90), ("2m", 120), ("1h30m", 5400), ("1m30s", 90)])
    func `times are read as people write them`(text: String, seconds: Int) {
        #expect(WaitingTime(argument: text)?.seconds == seconds)
    }

    @Test(arguments: ["", "m", "1x", "1s2m", "-3", "1.5m", "2m3", "99999999999999999999"])
    func `other times are refused`(text: String) {
        #expect(WaitingTime(argument: text) == nil)
    }

    @Test func `delete takes a service's name alone, or says what it deletes`() {
        #expect(Delete.target(["web"]) == .service("web"))
        #expect(Delete.target(["service", "web"]) == .service("web"))
        #expect(Delete.target(["node", "alpha"]) == .node("alpha"))
        #expect(Delete.target(["service"]) == .service("service"))
        #expect(Delete.target(["replica", "x"]) == nil)
        #expect(Delete.target([]) == nil)
    }

    @Test func `kinds have short forms`() {
        #expect(ResourceKind(argument: "svc") == .services)
        #expect(ResourceKind(argument: "replica") == .replicas)
        #expect(ResourceKind(argument: "pods") == nil)
    }
}
