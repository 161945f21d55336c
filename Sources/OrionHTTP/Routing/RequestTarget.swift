import HTTPTypes

/// The target of a request line (RFC 9112 §3.2), taken apart: decoded segments of the path, and the query.
struct RequestTarget: Sendable, Equatable {
    /// What stands between the slashes: `/` is one empty segment.
    let segments: [String]
    let query: HTTPQuery

    var path: String {
        "/" + segments.joined(separator: "/")
    }

    /// Reads origin-form (`/path?query`) and absolute-form (`http://host/path?query`).
    init(_ text: String) throws(HTTPProblem) {
        var bytes = text.utf8[...]
        if bytes.first != UInt8(ascii: "/") { bytes = try Self.withoutAuthority(text) }
        let question = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        var segments: [String] = []
        let raw = bytes[..<question].dropFirst()
        for segment in raw.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let segment = PercentEncoding.decode(segment) else {
                throw HTTPProblem(
                    status: .badRequest,
                    message: "the path holds an invalid escape: % must be followed by two hexadecimal digits, and what "
                        + "they spell be UTF-8 without NUL")
            }
            segments.append(segment)
        }
        self.segments = segments
        guard let query = HTTPQuery(Substring(bytes[question...].dropFirst())) else {
            throw HTTPProblem(
                status: .badRequest,
                message: "the query holds an invalid escape: % must be followed by two hexadecimal digits, and what "
                    + "they spell be UTF-8 without NUL")
        }
        self.query = query
    }

    private static func withoutAuthority(_ text: String) throws(HTTPProblem) -> Substring.UTF8View {
        let lowercased = text.prefix(8).lowercased()
        for scheme in ["http://", "https://"] where lowercased.hasPrefix(scheme) {
            let authority = text.utf8.dropFirst(scheme.utf8.count)
            let end = authority.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? authority.endIndex
            guard end < authority.endIndex, authority[end] == UInt8(ascii: "?") else {
                return end < authority.endIndex ? authority[end...] : "/".utf8[...]
            }
            return Substring("/" + (String(authority[end...]) ?? "")).utf8
        }
        throw HTTPProblem(status: .badRequest, message: "the request target must be a path that begins with /")
    }
}
