import HTTPTypes

/// The target of a request line (RFC 9112 §3.2), taken apart: decoded segments of the path, and the query.
struct RequestTarget: Sendable, Equatable {
    /// What stands between the slashes: `/` is one empty segment.
    let segments: [String]
    /// All of it, decoded, with the slashes.
    let path: String
    let query: HTTPQuery

    /// Reads origin-form (`/path?query`) and absolute-form (`http://host/path?query`).
    init(_ text: String) throws(HTTPProblem) {
        var text = text.utf8.first == UInt8(ascii: "/") ? text : try Self.withoutAuthority(text)
        // By way of its bytes where they stand: this is done for each request.
        let parts = text.withUTF8 { bytes in
            let question = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
            return (Path(bytes[..<question]), HTTPQuery(bytes: bytes[question...].dropFirst()))
        }
        guard let path = parts.0 else { throw .invalidEscape("path") }
        guard let query = parts.1 else { throw .invalidEscape("query") }
        segments = path.segments
        self.path = path.text
        self.query = query
    }

    private struct Path {
        var segments: [String] = []
        var text: String

        /// Nil where an escape is invalid.
        init?(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
            guard let text = PercentEncoding.decode(bytes) else { return nil }
            self.text = text
            segments.reserveCapacity(4)
            var rest = bytes.dropFirst()
            while let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
                guard let segment = PercentEncoding.decode(rest[..<slash]) else { return nil }
                segments.append(segment)
                rest = rest[(slash + 1)...]
            }
            guard let segment = PercentEncoding.decode(rest) else { return nil }
            segments.append(segment)
        }
    }

    private static func withoutAuthority(_ text: String) throws(HTTPProblem) -> String {
        let lowercased = text.prefix(8).lowercased()
        for scheme in ["http://", "https://"] where lowercased.hasPrefix(scheme) {
            let rest = text.utf8.dropFirst(scheme.utf8.count)
            let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
            let target = Substring(rest[authority.endIndex...])
            return target.utf8.first == UInt8(ascii: "/") ? String(target) : "/" + target
        }
        throw HTTPProblem(status: .badRequest, message: "the request target must be a path that begins with /")
    }
}

extension HTTPProblem {
    fileprivate static func invalidEscape(_ part: String) -> HTTPProblem {
        HTTPProblem(
            status: .badRequest,
            message: "the \(part) holds an invalid escape: % must be followed by two hexadecimal digits, and what they "
                + "spell be UTF-8 without NUL")
    }
}
