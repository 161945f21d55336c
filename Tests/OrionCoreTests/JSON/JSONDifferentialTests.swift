import FoundationEssentials
import JSONInputs
import OrionCore
import Testing

/// Our parser and encoder against Foundation's, on values and texts made from a seed.
@Suite struct JSONDifferentialTests {
    private static let seeds: [UInt64] = [1, 2, 3, 4]

    /// `orion-compare-json` runs ten million of them in a release.
    @Test(arguments: seeds) func inputsAreReadAlike(_ seed: UInt64) {
        var inputs = JSONInputs(seed: seed)
        for number in 0..<4_000 {
            guard let failure = inputs.check() else { continue }
            Issue.record("seed \(seed), input \(number): \(failure)")
            return
        }
        #expect(inputs.takenCount > 100)
    }

    @Test(arguments: seeds) func specificationsAreWrittenAsFoundationDoes(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        for _ in 0..<50 {
            var service = ServiceSpecification(name: "web")
            service.env = Dictionary(
                uniqueKeysWithValues: (0..<5).map { ("K\($0)\(random.next() % 9)", String.random(by: &random)) })
            service.command = .arguments([String.random(by: &random)])
            service.ports = [Port(name: "http", port: Int.random(in: 1...65535, using: &random))]
            service.resources.cpu = Double.random(in: 0...8, using: &random)
            service.plugins = [PluginReference(name: "p", config: .array([.random(by: &random, depth: 3)]))]
            service.health = HealthCheck()
            let theirs = try OrionJSON.parse(Array(JSONEncoder().encode(service)))
            #expect(try OrionJSON.parse(OrionJSON.encode(service)) == theirs)
            #expect(try OrionJSON.decode(ServiceSpecification.self, from: OrionJSON.encode(service)) == service)
        }
    }
}
