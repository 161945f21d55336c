import ArgumentParser

/// `orion rollout restart`: what `orion restart` does, where one looks for it.
struct RolloutRestart: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Replace every replica of a service, new before old.")

    @OptionGroup var restart: Restart

    var display: DisplayOptions { restart.display }

    func perform(_ console: Console) async throws { try await restart.perform(console) }
}
