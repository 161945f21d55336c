import ArgumentParser
import OrionClient
import OrionCore

/// `orion logs`: shows what the replicas of a service write.
struct Logs: Subcommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what the replicas of a service write.",
        discussion: """
            The last 100 lines of each output, or --tail. With several replicas, each line begins with its replica's id.
            What an ended replica wrote is kept for a day (the last five of a service on a node): name it with --replica.
            """)

    @Argument(help: "The service.")
    var name: String

    @Flag(name: .shortAndLong, help: "Go on as more is written, and with the replicas to come, until Ctrl-C.")
    var follow = false

    @Option(help: ArgumentHelp("Only this replica, an ended one too.", valueName: "id"))
    var replica: String?

    @Option(help: ArgumentHelp("Begin so many lines before the end, or with all that is kept.", valueName: "lines|all"))
    var tail: LogTail?

    @Option(help: "Only stdout or stderr.")
    var stream: Stream?

    @OptionGroup var server: ServerOptions
    @OptionGroup var display: DisplayOptions

    /// One of the outputs, as an argument.
    enum Stream: String, ExpressibleByArgument, CaseIterable {
        case stdout, stderr
    }

    func perform(_ console: Console) async throws {
        let client = try server.client()
        let selection = LogSelection(
            replica: replica.map { ReplicaID(rawValue: $0) }, tail: tail?.tail, follows: follow,
            stream: stream.flatMap { LogStream(rawValue: $0.rawValue) })
        var shower = LogShower(
            client: client, service: ServiceName(rawValue: name), selection: selection, console: console)
        try await shower.run()
    }
}
