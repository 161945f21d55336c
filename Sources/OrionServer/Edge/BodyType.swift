import HTTPTypes
import OrionHTTP

/// What a request's body is, by its Content-Type.
enum BodyType {
    case json
    case yaml

    /// Nil where the type is none of these, is left out, or the body is packed or in another character set.
    ///
    /// A body without a type is not guessed at: a web page may send such a request anywhere without asking first.
    init?(_ headers: HTTPFields) {
        if let encoding = headers[.contentEncoding], encoding.lowercased() != "identity" { return nil }
        guard let type = headers[.contentType] else { return nil }
        var parts = type.split(separator: ";").map { $0.trimmingSpaces().lowercased() }
        guard !parts.isEmpty else { return nil }
        switch parts.removeFirst() {
        case "application/json": self = .json
        case "application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml": self = .yaml
        default: return nil
        }
        for part in parts where part.hasPrefix("charset=") {
            guard ["utf-8", "\"utf-8\"", "us-ascii"].contains(part.dropFirst("charset=".count)) else { return nil }
        }
    }

    /// The refusal of a body of another type: it says what is taken.
    static func refusal(_ headers: HTTPFields, taken: String) -> HTTPServerResponse {
        let given = headers[.contentType].map { "Content-Type \(quoted($0))" } ?? "a body without Content-Type"
        let packing = headers[.contentEncoding].map { " with Content-Encoding \(quoted($0))" } ?? ""
        return .refusal(
            .unsupportedMediaType, "Not taken here: \(given)\(packing). Send \(taken), in UTF-8 and unpacked.",
            headers: [.accept: taken])
    }
}

extension Substring {
    /// Without spaces and tabs at both ends.
    fileprivate func trimmingSpaces() -> Substring {
        var text = self
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
