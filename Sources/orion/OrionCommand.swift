import ArgumentParser

/// `orion`: declares services, shows how they are, and moves them about.
@main
struct OrionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orion",
        abstract: "Declare services and see that they run.",
        discussion: """
            Every command but init and validate talks to orion-api, at --server, or ORION_API, or http://127.0.0.1:6060.
            Exit status: 0 done; 1 refused or failed; 64 wrong usage; 69 orion-api cannot be reached.
            """,
        version: "orion \(Version.current)",
        groupedSubcommands: [
            CommandGroup(name: "Declare", subcommands: [Init.self, Validate.self, Apply.self]),
            CommandGroup(name: "Look", subcommands: [Get.self, Logs.self]),
            CommandGroup(name: "Services", subcommands: [Scale.self, Restart.self, Rollout.self, Delete.self]),
            CommandGroup(name: "Nodes", subcommands: [Cordon.self, Drain.self, Uncordon.self]),
        ])
}
