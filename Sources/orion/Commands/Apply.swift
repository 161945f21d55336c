import ArgumentParser
import OrionClient
import OrionCore

/// `orion apply`: makes what a document declares so.
struct Apply: Subcommand {
    static let configuration = CommandConfiguration(
        abstract: "Make it so: create, update and, with --prune, remove services.",
        discussion: "Applying the same document again changes nothing.")

    @Option(name: [.customShort("f"), .customLong("file")], help: "The document, YAML or JSON; - for standard input.")
    var file: String

    @Flag(help: "Show what would change, and change nothing.")
    var dryRun = false

    @Flag(help: "Remove the services of the same metadata.name that the document no longer names.")
    var prune = false

    @Flag(help: "Take services that belong to another metadata.name.")
    var takeOver = false

    @OptionGroup var waiting: WaitOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var display: DisplayOptions

    func validate() throws {
        if dryRun, waiting.isWaiting { throw ValidationError("--dry-run changes nothing that --wait could wait for") }
    }

    func perform(_ console: Console) async throws {
        let client = try server.client()
        let document = try ConfigurationDocument(reading: file)
        let result: ApplyResult
        do throws(ClientError) {
            result = try await client.apply(
                document: document.bytes, contentType: document.contentType, dryRun: dryRun, prune: prune,
                takeOver: takeOver)
        } catch {
            guard !error.issues.isEmpty else { throw error }
            // A message that only repeats its one issue would be read twice.
            let isRepeated = error.issues.count == 1 && error.issues[0].message == error.message
            throw DocumentError(
                message: isRepeated ? "\(document.name) was refused" : "\(document.name): \(error.message)",
                issues: document.lines(error.issues))
        }
        show(result, of: document, console)
        try await waiting.waiter(client, console)?.wait(for: result.changes)
    }

    private func show(_ result: ApplyResult, of document: ConfigurationDocument, _ console: Console) {
        document.lines(result.warnings).forEach(console.warn)
        if result.changes.isEmpty {
            console.say("\(document.name) declares no services")
        } else {
            Table(changes: result.changes).lines(console.style).forEach(console.say)
        }
        if dryRun { console.say("nothing was changed (--dry-run)") }
        if result.changes.contains(where: { $0.action == .orphaned }) {
            console.say("orphaned services are kept; --prune removes them")
        }
    }
}
