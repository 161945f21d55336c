import HTTPTypes
import NIOHTTP1

/// A request's head once it is known to be one that the server takes.
struct RequestHead: Sendable {
    enum Body: Sendable, Equatable {
        /// The head says nothing of a body, so that there is none (RFC 9112 §6.3).
        case none
        case length(Int)
        case chunked
    }

    let method: HTTPRequest.Method
    let uri: String
    let headers: HTTPHeaders
    let body: Body
    let isKeepAlive: Bool
    let isHTTP10: Bool
    let expectsContinue: Bool
    /// The protocol that the client would change over to; the decoder stops behind such a request whatever we do.
    let upgrade: String?

    /// Checks what the decoder lets pass, by RFC 9112.
    init(_ head: HTTPRequestHead) throws(HTTPProblem) {
        guard head.version.major == 1 else { throw .badVersion }
        guard let method = Self.method(head.method) else {
            throw HTTPProblem(status: .badRequest, message: "the method is not a token")
        }
        guard method != .connect else {
            throw HTTPProblem(status: .notImplemented, message: "this server is no proxy: it does not take CONNECT")
        }
        self.method = method
        uri = head.uri
        headers = head.headers
        isHTTP10 = head.version.minor == 0
        isKeepAlive = head.isKeepAlive
        let fields = DecisiveFields(headers)
        try Self.checkHost(fields.hosts, isHTTP10: isHTTP10)
        body = try Self.body(lengths: fields.lengths, codings: fields.codings, isHTTP10: isHTTP10)
        expectsContinue = isHTTP10 ? false : try Self.expectsContinue(fields.expectations)
        upgrade = fields.upgrades.first
    }

    /// Whether the client asks for exactly that protocol, and in the way of RFC 9110 §7.8.
    func asks(for name: String) -> Bool {
        guard !isHTTP10, let upgrade else { return false }
        return Self.tokens([upgrade]).contains(name.lowercased())
            && Self.tokens(headers["connection"]).contains("upgrade")
    }

    private static func method(_ method: HTTPMethod) -> HTTPRequest.Method? {
        switch method {
        case .GET: .get
        case .HEAD: .head
        case .POST: .post
        case .PUT: .put
        case .DELETE: .delete
        default: HTTPRequest.Method(rawValue: method.rawValue)
        }
    }

    private static func checkHost(_ hosts: [String], isHTTP10: Bool) throws(HTTPProblem) {
        if hosts.isEmpty, isHTTP10 { return }
        guard hosts.count == 1, let host = hosts.first else {
            let count = hosts.isEmpty ? "none" : "\(hosts.count) of them"
            throw HTTPProblem(status: .badRequest, message: "a request needs exactly one Host field, here is \(count)")
        }
        var text = host
        guard text.withUTF8({ $0.allSatisfy(isHostByte) }) else {
            throw HTTPProblem(status: .badRequest, message: "the Host field is not a host name or address")
        }
    }

    /// What a host and port are made of (RFC 3986 §3.2.2).
    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"):
            true
        default:
            "_~%!$&'()*+;=[]".utf8.contains(byte)
        }
    }

    private static func body(
        lengths: [String], codings: [String], isHTTP10: Bool
    ) throws(HTTPProblem) -> Body {
        guard codings.isEmpty else {
            guard lengths.isEmpty, !isHTTP10 else {
                throw HTTPProblem(
                    status: .badRequest,
                    message: lengths.isEmpty
                        ? "HTTP/1.0 has no Transfer-Encoding"
                        : "Content-Length and Transfer-Encoding exclude each other")
            }
            let names = tokens(codings)
            if let unknown = names.first(where: { $0 != "chunked" }) {
                throw HTTPProblem(
                    status: .notImplemented, message: "the transfer coding \(unknown) is unknown: only chunked is")
            }
            guard names.count == 1 else {
                throw HTTPProblem(status: .badRequest, message: "Transfer-Encoding must be chunked, once")
            }
            return .chunked
        }
        guard let length = lengths.first else { return .none }
        guard lengths.count == 1, !length.isEmpty, length.utf8.allSatisfy({ (48...57).contains($0) }),
            let count = Int(length)
        else { throw HTTPProblem(status: .badRequest, message: "Content-Length must be one number") }
        return .length(count)
    }

    private static func expectsContinue(_ expectations: [String]) throws(HTTPProblem) -> Bool {
        guard let expectation = expectations.first else { return false }
        guard expectation.lowercased() == "100-continue" else {
            throw HTTPProblem(
                status: .expectationFailed, message: "the only expectation that is met is 100-continue")
        }
        return true
    }

    /// The members of a comma-separated list, lowercased.
    private static func tokens(_ values: [String]) -> [String] {
        values.flatMap { $0.split(separator: ",", omittingEmptySubsequences: true) }
            .map { $0.trimmingPrefix { $0 == " " || $0 == "\t" } }
            .map { text in
                var text = text
                while let last = text.last, last == " " || last == "\t" { text.removeLast() }
                return text.lowercased()
            }
    }
}

extension HTTPProblem {
    static let badVersion = HTTPProblem(
        status: .httpVersionNotSupported, message: "this server speaks HTTP/1.1 and HTTP/1.0")
}
