import OrionCore

/// One thing that is wrong in a document, with where it is.
struct IssueLine: Hashable, Sendable {
    /// `orion.yaml:7`, or only the document's name where the line is not known; nil where there is no document.
    var place: String?
    /// `spec.services[0].replicas`; empty for the whole document.
    var path: String
    /// What is wrong and what to do.
    var message: String

    init(_ issue: ConfigurationIssue, place: String? = nil) {
        self.place = place
        path = issue.path.text
        message = issue.message
    }

    /// The lines under an error's message, places in one column.
    static func aligned(_ issues: [IssueLine], style: Style) -> [String] {
        let widest = issues.compactMap(\.place).map(\.displayedWidth).max() ?? 0
        return issues.map { issue in
            var line = "  "
            if widest > 0 {
                let place = (issue.place ?? "").printable
                line += style.paint(place, .faint) + String(repeating: " ", count: widest - place.displayedWidth + 2)
            }
            if !issue.path.isEmpty { line += style.paint(issue.path.printable, .strong) + ": " }
            return line + issue.message.printable
        }
    }
}

extension [PathComponent] {
    /// The path as one text: `spec.services[0].labels["a.b"]`.
    var text: String {
        reduce(into: "") { text, step in
            switch step {
            case .index(let index): text += "[\(index)]"
            case .key(let key) where key.contains(where: { ".[]\" ".contains($0) }): text += "[\"\(key)\"]"
            case .key(let key): text += text.isEmpty ? key : "." + key
            }
        }
    }
}
