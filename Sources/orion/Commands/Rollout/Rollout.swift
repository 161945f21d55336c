import ArgumentParser

/// `orion rollout`: how a change replaces what runs, and the way back.
struct Rollout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Follow, undo or repeat the rollout of a service.",
        subcommands: [RolloutStatus.self, RolloutHistory.self, RolloutUndo.self, RolloutRestart.self])
}
