import OrionCore
import OrionHTTP

/// Reads a query strictly: whoever misspells `dryRun` must not find the document applied.
struct QueryReader {
    private let query: HTTPQuery

    /// Refuses every name that is not among `known`.
    init(_ query: HTTPQuery, known: [String] = []) throws(OrionError) {
        self.query = query
        for name in query.names where !known.contains(name) {
            let taken = known.isEmpty ? "none is taken here" : "taken here: \(known.joined(separator: ", "))"
            throw OrionError(.invalid, "There is no query parameter \(quoted(name)); \(taken).")
        }
        for name in known where query.names.count(where: { $0 == name }) > 1 {
            throw OrionError(.invalid, "The query parameter \(quoted(name)) is given more than once; give it once.")
        }
    }

    /// A value; nil where it is left out.
    func text(_ name: String) -> String? { query[name] }

    /// A switch: `true`, `false`, or left out.
    func flag(_ name: String) throws(OrionError) -> Bool {
        switch query[name] {
        case nil, "false": return false
        case "true": return true
        case .some(let value):
            throw OrionError(.invalid, "The query parameter \(name) is true or false, not \(quoted(value)).")
        }
    }
}

/// What a client sent, for a sentence: cut where it is long.
func quoted(_ text: String) -> String {
    let shown = text.prefix(100)
    return "\"\(shown)\(shown.endIndex < text.endIndex ? "…" : "")\""
}
