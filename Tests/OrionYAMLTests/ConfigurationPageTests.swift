import FoundationEssentials
import OrionCore
import OrionYAML
import Testing

/// Docs/configuration.md: what it shows has to be taken as it is.
@Suite struct ConfigurationPageTests {
    private func page() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let bytes = try Data(contentsOf: root.appending(path: "Docs/configuration.md"))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The fenced blocks of that language.
    private func blocks(_ language: String) throws -> [String] {
        var blocks: [String] = []
        var block: [Substring]?
        for line in try page().split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "```\(language)", block == nil {
                block = []
            } else if line == "```", let lines = block {
                blocks.append(lines.joined(separator: "\n"))
                block = nil
            } else {
                block?.append(line)
            }
        }
        return blocks
    }

    @Test func everyExampleIsTakenWithoutAWarning() throws {
        let examples = try blocks("yaml")
        #expect(examples.count == 2)
        for example in examples {
            let parsed = try OrionYAML.parse(yaml: Array(example.utf8))
            #expect(parsed.warnings == [])
        }
        let shop = try OrionYAML.parse(yaml: Array(examples[0].utf8)).config
        #expect(shop.spec.services.map(\.name) == ["database-proxy", "web", "mailer"])
        let workers = try OrionYAML.parse(yaml: Array(examples[1].utf8)).config
        #expect(workers.spec.services.map(\.restart.policy) == [.onFailure, .onFailure])
    }

    /// Every field of a service has its name on the page.
    @Test func everyFieldIsNamed() throws {
        let text = try page()
        var service = ServiceSpecification(name: "a")
        service.command = .line("x")
        service.schedule = "* * * * *"
        service.health = HealthCheck()
        guard case .object(let members) = try OrionJSON.parse(OrionJSON.encode(service)) else { return }
        for (name, value) in members {
            #expect(text.contains("`\(name)`") || text.contains("`\(name)."), "\(name)")
            guard case .object(let inner) = value else { continue }
            for name in inner.keys { #expect(text.contains(name), "\(name)") }
        }
    }
}
