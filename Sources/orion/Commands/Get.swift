import ArgumentParser
import OrionClient
import OrionCore

/// `orion get`: shows what there is, and how it is.
struct Get: Subcommand {
    static let configuration = CommandConfiguration(
        abstract: "Show services, nodes or replicas.",
        discussion: "`orion get replicas NAME` shows the replicas of a service, or one replica by its id.")

    @Argument(help: "services, nodes or replicas.")
    var kind: ResourceKind

    @Argument(help: ArgumentHelp("Only these.", valueName: "name"))
    var names: [String] = []

    @Option(name: [.customShort("o"), .customLong("output")], help: "table, wide, json or yaml.")
    var format = OutputFormat.table

    @Flag(name: .shortAndLong, help: "Go on, and show what changes, until Ctrl-C.")
    var watch = false

    @OptionGroup var server: ServerOptions
    @OptionGroup var display: DisplayOptions

    func perform(_ console: Console) async throws {
        let listing = Listing(client: try server.client(), kind: kind, names: names)
        switch format {
        case .table, .wide: try await showTable(listing, console)
        case .json, .yaml: try await showDocument(listing, console)
        }
    }

    private func showTable(_ listing: Listing, _ console: Console) async throws {
        guard watch else {
            let table = try await listing.table(isWide: format == .wide)
            if table.rows.isEmpty { return console.note("no \(kind.rawValue)") }
            table.lines(console.style).forEach(console.say)
            return
        }
        try await watchTable(listing, console)
    }

    /// A server that is gone is waited for, once it was there: a watch is for seeing what happens.
    private func watchTable(_ listing: Listing, _ console: Console) async throws {
        var watcher = Watcher(style: console.style)
        var table = try await listing.table(isWide: format == .wide)
        var isGone = false
        if console.size != nil { console.write("\u{1B}[2J") }
        while true {
            let note = isGone ? Console.noAnswer : nil
            console.write(watcher.update(table, note: note, on: console.size))
            try await Task.sleep(for: .milliseconds(500))
            do {
                table = try await listing.table(isWide: format == .wide)
                isGone = false
            } catch let error as ClientError {
                guard error.isUnreachable else { throw error }
                isGone = true
            }
        }
    }

    /// As with tables, a watch waits for a server that is gone; what is said of it is not in the way of the documents.
    private func showDocument(_ listing: Listing, _ console: Console) async throws {
        var shown: JSONValue?
        var isGone = false
        repeat {
            do {
                let value = try await listing.value()
                if value != shown {
                    let isFirst = shown == nil
                    console.write(
                        format == .json ? JSONText.pretty(value) + "\n" : YAMLText.document(value, isFirst: isFirst))
                }
                shown = value
                isGone = false
            } catch let error as ClientError {
                guard shown != nil, error.isUnreachable else { throw error }
                if !isGone { console.note(Console.noAnswer) }
                isGone = true
            }
            if watch { try await Task.sleep(for: .milliseconds(500)) }
        } while watch
    }
}
