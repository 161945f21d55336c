import ArgumentParser
import OrionCore

/// `orion validate`: checks a document without a server.
struct Validate: Subcommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a configuration, without a server: every issue at once, with its place.")

    @Option(name: [.customShort("f"), .customLong("file")], help: "The document, YAML or JSON; - for standard input.")
    var file: String

    @OptionGroup var display: DisplayOptions

    func perform(_ console: Console) async throws {
        let document = try ConfigurationDocument(reading: file)
        let parsed = try document.parse()
        document.lines(parsed.warnings).forEach(console.warn)
        let services = parsed.config.spec.services
        let names = services.prefix(10).map(\.name.rawValue).joined(separator: ", ")
        let more = services.count > 10 ? " and \(services.count - 10) more" : ""
        let count = services.count == 1 ? "1 service" : "\(services.count) services"
        console.say("\(document.name) is valid: \(count)" + (names.isEmpty ? "" : " (\(names)\(more))"))
    }
}
