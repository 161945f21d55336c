/// Splits a command line into words as a POSIX shell does (Shell Command Language, 2.2 Quoting), and no more: nothing is
/// expanded, and `$`, `*`, `|`, `#` and the like mean themselves. The one rule for a `command`: by it a configuration is
/// checked, and an agent starts the program.
package enum ShellWords {
    /// The words of `line`.
    package static func split(_ line: String) throws(ShellWordsError) -> [String] {
        var words: [String] = []
        // Nil between words: an empty word has to be quoted.
        var word: String?
        var scanner = Scanner(characters: Array(line.unicodeScalars))
        while let scalar = scanner.next() {
            switch scalar {
            case " ", "\t", "\n", "\r":
                if let complete = word { words.append(complete) }
                word = nil
            case "'":
                word = (word ?? "") + (try scanner.singleQuoted())
            case "\"":
                word = (word ?? "") + (try scanner.doubleQuoted())
            case "\\":
                if let quoted = try scanner.escaped() { word = (word ?? "") + quoted }
            default:
                word = (word ?? "") + String(scalar)
            }
        }
        if let complete = word { words.append(complete) }
        return words
    }
}

/// Reads a line by Unicode scalars: a quote stays one whatever combining mark follows it.
private struct Scanner {
    let characters: [Unicode.Scalar]
    var position = 0

    mutating func next() -> Unicode.Scalar? {
        guard position < characters.count else { return nil }
        defer { position += 1 }
        return characters[position]
    }

    /// After the opening quote: everything up to the next one.
    mutating func singleQuoted() throws(ShellWordsError) -> String {
        let start = position - 1
        var text = String.UnicodeScalarView()
        while let scalar = next() {
            if scalar == "'" { return String(text) }
            text.append(scalar)
        }
        throw ShellWordsError(kind: .unterminatedSingleQuote, position: start)
    }

    /// After the opening quote: a backslash quotes only `$`, a backquote, `"`, itself and the end of a line.
    mutating func doubleQuoted() throws(ShellWordsError) -> String {
        let start = position - 1
        var text = String.UnicodeScalarView()
        while let scalar = next() {
            switch scalar {
            case "\"":
                return String(text)
            case "\\":
                guard let following = next() else { break }
                if following == "\n" { continue }
                if !["$", "`", "\"", "\\"].contains(following) { text.append(scalar) }
                text.append(following)
            default:
                text.append(scalar)
            }
        }
        throw ShellWordsError(kind: .unterminatedDoubleQuote, position: start)
    }

    /// After a backslash outside of quotes: the next character as it is; nil for the end of a line, which both join.
    mutating func escaped() throws(ShellWordsError) -> String? {
        let start = position - 1
        guard let scalar = next() else { throw ShellWordsError(kind: .danglingBackslash, position: start) }
        return scalar == "\n" ? nil : String(scalar)
    }
}
