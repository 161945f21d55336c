import ArgumentParser
import OrionClient

/// How much of what was written before is shown: a number of lines, or `all`.
struct LogTail: ExpressibleByArgument, Hashable {
    var tail: LogSelection.Tail

    init?(argument: String) {
        if argument == "all" {
            tail = .all
        } else if let lines = Int(argument), lines >= 0 {
            tail = .lines(lines)
        } else {
            return nil
        }
    }
}
