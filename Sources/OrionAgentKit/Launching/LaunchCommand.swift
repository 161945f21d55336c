import OrionCore

/// The words that start a service's program (protocol.md §3).
enum LaunchCommand {
    /// `command` where there is one, else what the type and the runtime say.
    static func arguments(of service: ServiceSpecification) throws(LaunchError) -> [String] {
        if let command = service.command {
            let words = try words(of: command)
            guard let program = words.first, !program.isEmpty else {
                throw LaunchError(message: "cannot start \(service.name): its command is empty")
            }
            return words
        }
        switch service.type {
        case .nextjs: return ["node_modules/.bin/next", "start"]
        case .vite: return ["node_modules/.bin/vite", "preview"]
        case .bun: return ["bun", "run", service.entry]
        case .deno: return deno(service.entry)
        case .node, .worker: break
        }
        switch service.runtime {
        case .node: return ["node", service.entry]
        case .bun: return ["bun", "run", service.entry]
        case .deno: return deno(service.entry)
        case .exec:
            throw LaunchError(
                message: "cannot start \(service.name): runtime exec starts its command, and it has none: set command")
        }
    }

    /// The words of a command, split where it is a line.
    static func words(of command: Command) throws(LaunchError) -> [String] {
        switch command {
        case .arguments(let words):
            return words
        case .line(let line):
            do throws(ShellWordsError) {
                return try ShellWords.split(line)
            } catch {
                throw LaunchError(message: "cannot start `\(line)`: the command \(error.message)")
            }
        }
    }

    private static func deno(_ entry: String) -> [String] {
        ["deno", "run", "--allow-net", "--allow-env", entry]
    }
}
