public import HTTPTypes

/// What a route answers with.
public struct HTTPServerResponse: Sendable, Equatable {
    /// The status; its reason phrase goes out with it.
    public var status: HTTPResponse.Status

    /// Header fields beside Content-Length, Date and Connection, which the server sets; `Connection: close` is obeyed.
    public var headers: HTTPFields

    /// The body. For HEAD and 304 only its length is sent, for 204 not even that.
    public var body: [UInt8]

    /// Takes the place of `body` where the body is produced while it is sent: in chunks, or up to the connection's end for
    /// a client of HTTP/1.0.
    public var stream: (any HTTPBodyStream)?

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

    /// A response whose body is produced while it is sent.
    public init(status: HTTPResponse.Status, headers: HTTPFields = [:], stream: any HTTPBodyStream) {
        self.init(status: status, headers: headers)
        self.stream = stream
    }

    /// Whether the parts are the same, and a stream the very same.
    public static func == (left: HTTPServerResponse, right: HTTPServerResponse) -> Bool {
        left.status == right.status && left.headers == right.headers && left.body == right.body
            && left.stream === right.stream
    }
}
