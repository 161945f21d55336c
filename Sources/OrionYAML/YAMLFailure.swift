internal import OrionCore
internal import Yams

/// Makes the errors of documents that are no YAML.
enum YAMLFailure {
    /// There is nothing in the document.
    static let empty = make("the document is empty: it has to begin with `apiVersion: orion/v1`")

    /// What is wrong, and where that is known.
    static func make(_ message: String, at mark: Mark? = nil) -> OrionError {
        let sentence = mark.map { "line \($0.line), column \($0.column): \(message)" } ?? message
        return OrionError(
            .malformed, "not YAML: \(sentence)", issues: [ConfigurationIssue(path: [], message: sentence)])
    }

    /// Everything that is wrong, in the order of the document.
    static func make(_ faults: [(message: String, mark: Mark)]) -> OrionError {
        let failures = faults.map { make($0.message, at: $0.mark) }
        let others = failures.count > 1 ? " (the first of \(failures.count))" : ""
        return OrionError(.malformed, (failures.first ?? empty).message + others, issues: failures.flatMap(\.issues))
    }

    /// What the parser found.
    static func make(_ error: any Error, in text: String) -> OrionError {
        guard let error = error as? YamlError else { return make(String(describing: error)) }
        switch error {
        case .reader(let problem, _, let value, _):
            let digits = String(UInt32(bitPattern: value), radix: 16, uppercase: true)
            let character = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            return make("it holds a character that YAML does not allow, \(character) (\(problem))")
        case .scanner(let context, let problem, let mark, _):
            if isTab(at: mark, in: text) {
                return make("a tab stands where spaces are due: YAML is indented with spaces alone", at: mark)
            }
            return make(sentence(problem, context), at: mark)
        case .parser(let context, let problem, let mark, _), .composer(let context, let problem, let mark, _):
            return make(sentence(problem, context), at: mark)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map { "`\($0.prefix(40))`" }.joined(separator: ", ")
            return make("\(names) is there twice in one mapping", at: context.mark)
        default: return make("it cannot be parsed")
        }
    }

    private static func sentence(_ problem: String, _ context: YamlError.Context?) -> String {
        let words = words(for: problem)
        guard words == problem, let context else { return words }
        return "\(problem) (\(context.text) that begins at line \(context.mark.line))"
    }

    private static func isTab(at mark: Mark, in text: String) -> Bool {
        let lines = text.utf8.split(separator: 0x0A, maxSplits: mark.line, omittingEmptySubsequences: false)
        guard mark.line >= 1, mark.line <= lines.count else { return false }
        let line = Substring(lines[mark.line - 1]).unicodeScalars
        return line.dropFirst(mark.column - 1).first == "\t"
    }
}
