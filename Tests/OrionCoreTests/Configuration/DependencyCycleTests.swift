import OrionCore
import Testing

@Suite struct DependencyCycleTests {
    private func issues(_ graph: [(String, [String])]) -> [String] {
        let services = graph.map { name, dependencies in
            #"{"name":"\#(name)","dependencies":[\#(dependencies.map { "\"\($0)\"" }.joined(separator: ","))]}"#
        }
        return ConfigurationText.issues(ConfigurationText.services(services.joined(separator: ",")))
    }

    @Test func cyclesAreNamed() {
        let wait = "the services would wait for each other for ever: "
        #expect(issues([("a", ["b"]), ("b", ["a"])]) == ["spec.services[0].dependencies: \(wait)a → b → a"])
        #expect(
            issues([("x", ["c"]), ("b", ["c"]), ("c", ["a"]), ("a", ["b"])])
                == ["spec.services[1].dependencies: \(wait)b → c → a → b"])
        #expect(
            issues([("a", ["b"]), ("b", ["a"]), ("c", ["d"]), ("d", ["c", "a"])]) == [
                "spec.services[0].dependencies: \(wait)a → b → a", "spec.services[2].dependencies: \(wait)c → d → c",
            ])
    }

    @Test func whatIsNoCycleIsTaken() {
        #expect(issues([("a", ["b", "c"]), ("b", ["d"]), ("c", ["d"]), ("d", [])]) == [])
        #expect(issues([("a", ["elsewhere"])]) == [])
    }

    @Test func chainsMayBeAsLongAsTheDocument() {
        let chain = (0..<10_000).map { ("s\($0)", $0 < 9999 ? ["s\($0 + 1)"] : []) }
        #expect(issues(chain) == [])
        let ring = (0..<10_000).map { ("s\($0)", ["s\(($0 + 1) % 10_000)"]) }
        #expect(
            issues(ring) == [
                "spec.services[0].dependencies: the services would wait for each other for ever: "
                    + "s0 → s1 → s2 → s3 → s4 → s5 → … → s9996 → s9997 → s9998 → s9999 → s0"
            ])
    }

    @Test func manyCyclesStayCheap() {
        // Every service depends on every other: each edge back closes a cycle.
        let names = (0..<300).map { "s\($0)" }
        #expect(issues(names.map { name in (name, names.filter { $0 != name }) }).count == 20)
    }
}
