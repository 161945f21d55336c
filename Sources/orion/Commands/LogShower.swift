import OrionClient
import OrionCore

/// Reads logs to their end; one who follows comes back where the connection breaks, and goes on where it was.
struct LogShower {
    let client: OrionClient
    let service: ServiceName
    let selection: LogSelection
    let console: Console
    private var printer: LogPrinter
    private var last: String?
    private var hasBegun = false

    init(client: OrionClient, service: ServiceName, selection: LogSelection, console: Console) {
        self.client = client
        self.service = service
        self.selection = selection
        self.console = console
        printer = LogPrinter(style: console.style)
    }

    mutating func run() async throws {
        var isGone = false
        while true {
            do {
                for try await event in try await client.logs(of: service, selection, after: last) {
                    isGone = false
                    show(event)
                }
                return
            } catch {
                // The server that starts again, and the nodes that come back to it.
                guard selection.follows, hasBegun, error.isUnreachable || error.status == 503 else { throw error }
                if !isGone { console.note(Console.noAnswer) }
                isGone = true
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    private mutating func show(_ event: LogEvent) {
        hasBegun = true
        if let id = event.id { last = id }
        if let note = event.content.note { console.note("[orion] " + note) }
        switch event.content {
        case .start(let replicas): for replica in replicas { printer.see(replica) }
        case .line(let text, let replica, _): console.say(printer.line(text, of: replica))
        case .missed, .note, .cursor, .end: break
        }
    }
}
