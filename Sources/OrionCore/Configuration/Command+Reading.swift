extension Command: JSONReadable {
    /// Takes a string or an array of strings. In the strict manner it has to name a program, and a string has to be one
    /// that the agent can split.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Command? {
        switch value {
        case .string(let line):
            if reader.isStrict, let fault = fault(in: line) { return reader.refuse(fault) }
            return .line(line)
        case .array:
            guard let arguments = [String].read(value, by: reader) else { return nil }
            if reader.isStrict {
                if let fault = fault(in: arguments) { return reader.refuse(fault) }
            }
            return .arguments(arguments)
        default: return reader.refuse("must be a string or an array of strings, not \(value.shown)")
        }
    }

    /// Why the agent cannot split the line, or start what it says.
    private static func fault(in line: String) -> String? {
        do throws(ShellWordsError) {
            return fault(in: try ShellWords.split(line))
        } catch {
            return error.message
        }
    }

    private static func fault(in arguments: [String]) -> String? {
        if arguments.first?.isEmpty ?? true { return "must begin with the program to run" }
        if arguments.contains(where: { $0.utf8.contains(0) }) {
            return "must not contain the character U+0000: no program can be given one"
        }
        return nil
    }
}
