extension Command: JSONReadable {
    /// Takes a string or an array of strings. In the strict manner it has to name a program, and a string has to be one
    /// that the agent can split.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Command? {
        switch value {
        case .string(let line):
            if reader.isStrict, let fault = CommandLine.fault(in: line) { return reader.refuse(fault) }
            return .line(line)
        case .array:
            guard let arguments = [String].read(value, by: reader) else { return nil }
            if reader.isStrict {
                if arguments.first?.isEmpty ?? true { return reader.refuse("must begin with the program to run") }
                if arguments.contains(where: { $0.utf8.contains(0) }) {
                    return reader.refuse("must not contain the character U+0000: no program can be given one")
                }
            }
            return .arguments(arguments)
        default: return reader.refuse("must be a string or an array of strings, not \(value.shown)")
        }
    }
}

/// What an agent will find when it splits a command line, by the same rules (Shell Command Language, 2.2 Quoting).
private enum CommandLine {
    /// Why the line cannot be split, or names no program.
    static func fault(in line: String) -> String? {
        var scalars = Array(line.unicodeScalars)[...]
        if scalars.contains("\0") { return "must not contain the character U+0000: no program can be given one" }
        // Characters of the first word; nil before it begins.
        var firstWord: Int?
        var isFirstComplete = false
        func add(_ count: Int) {
            if !isFirstComplete { firstWord = (firstWord ?? 0) + count }
        }
        while let scalar = scalars.popFirst() {
            switch scalar {
            case " ", "\t", "\n", "\r": isFirstComplete = firstWord != nil
            case "'":
                guard let end = scalars.firstIndex(of: "'") else { return unterminated("single quote", scalars, line) }
                add(end - scalars.startIndex)
                scalars = scalars[(end + 1)...]
            case "\"":
                guard let (count, rest) = doubleQuoted(scalars) else {
                    return unterminated("double quote", scalars, line)
                }
                add(count)
                scalars = rest
            case "\\":
                guard let following = scalars.popFirst() else { return "ends in a backslash, which quotes nothing" }
                if following != "\n" { add(1) }
            default: add(1)
            }
        }
        guard let firstWord, firstWord > 0 else { return "must begin with the program to run" }
        return nil
    }

    /// How many characters stand up to the closing quote, and what follows it; nil without one.
    private static func doubleQuoted(
        _ text: ArraySlice<Unicode.Scalar>
    ) -> (count: Int, rest: ArraySlice<Unicode.Scalar>)? {
        var rest = text
        var count = 0
        while let scalar = rest.popFirst() {
            if scalar == "\"" { return (count, rest) }
            if scalar == "\\", let following = rest.popFirst() {
                if following != "\n" { count += 1 }
            } else {
                count += 1
            }
        }
        return nil
    }

    private static func unterminated(_ quote: String, _ rest: ArraySlice<Unicode.Scalar>, _ line: String) -> String {
        "has a \(quote) at character \(rest.startIndex) that is never closed"
    }
}
