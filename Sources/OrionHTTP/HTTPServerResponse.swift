public import HTTPTypes

/// What a route answers with.
public struct HTTPServerResponse: Sendable, Equatable {
    /// The status; its reason phrase goes out with it.
    public var status: HTTPResponse.Status

    /// Header fields beside Content-Length, Date and Connection, which the server sets; `Connection: close` is obeyed.
    public var headers: HTTPFields

    /// The body. For HEAD and 304 only its length is sent, for 204 not even that.
    public var body: [UInt8]

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
}
