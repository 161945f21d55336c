public import HTTPTypes
import NIOCore

/// What a route answers with.
///
/// Text and JSON of 1 KiB and more are gzipped for clients that take it, unless the route says `Content-Encoding` itself
/// or `Cache-Control: no-transform`. So no body should hold both a secret and what a stranger has put into the request: its
/// length would tell of the secret (BREACH).
public struct HTTPServerResponse: Sendable, Equatable {
    /// The status; its reason phrase goes out with it.
    public var status: HTTPResponse.Status

    /// Header fields beside Content-Length, Date and Connection, which the server sets; `Connection: close` is obeyed.
    public var headers: HTTPFields

    /// The body. For HEAD and 304 only its length is sent, for 204 not even that.
    public var body: [UInt8]

    /// Takes the place of `body` where the same bytes are sent more than once.
    public var ready: HTTPReadyBody?

    /// Takes the place of `body` where the body is produced while it is sent: in chunks, or up to the connection's end for
    /// a client of HTTP/1.0.
    public var stream: (any HTTPBodyStream)?

    /// What is sent instead of `body` or `ready`, to a client that takes gzip.
    var gzipped: ByteBuffer?

    /// A response with these parts.
    public init(status: HTTPResponse.Status, headers: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Adds the fields of which there is none yet.
    mutating func addMissing(_ fields: HTTPFields) {
        for field in fields where !headers.contains(field.name) { headers.append(field) }
    }

    /// A response with a body that others get too.
    public init(status: HTTPResponse.Status, headers: HTTPFields = [:], ready: HTTPReadyBody) {
        self.init(status: status, headers: headers)
        self.ready = ready
    }

    /// A response whose body is produced while it is sent.
    public init(status: HTTPResponse.Status, headers: HTTPFields = [:], stream: any HTTPBodyStream) {
        self.init(status: status, headers: headers)
        self.stream = stream
    }

    /// The body where it is bytes that are there, and not copied for each response.
    var sharedBytes: ByteBuffer? { gzipped ?? ready?.bytes }

    /// The length of a body that is not produced while it is sent.
    var contentBytes: Int { sharedBytes?.readableBytes ?? body.count }

    /// Whether the parts are the same, and a stream or a body that others get too the very same.
    public static func == (left: HTTPServerResponse, right: HTTPServerResponse) -> Bool {
        left.status == right.status && left.headers == right.headers && left.body == right.body
            && left.ready === right.ready && left.stream === right.stream && left.gzipped == right.gzipped
    }
}
