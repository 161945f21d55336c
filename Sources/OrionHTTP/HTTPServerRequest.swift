public import HTTPTypes
import NIOHTTP1

/// A whole request, its body included, as a route gets it.
public struct HTTPServerRequest: Sendable {
    /// GET, POST and so on. A HEAD request that a GET route answers keeps its own method here.
    public var method: HTTPRequest.Method

    /// The path with its escapes decoded, without the query.
    public var path: String

    /// What the `{name}` segments of the route's pattern stand for, decoded.
    public var parameters: [String: String]

    /// What follows the `?` of the request target.
    public var query: HTTPQuery

    /// The body, without its transfer coding; empty where there is none.
    public var body: [UInt8]

    /// The other end as `ADDRESS:PORT`, for logs and events.
    public var remoteAddress: String

    private var fields: HTTPHeaders

    /// A request put together by hand, as tests of routes do.
    public init(
        method: HTTPRequest.Method, path: String, parameters: [String: String] = [:], query: HTTPQuery = HTTPQuery(),
        headers: HTTPFields = [:], body: [UInt8] = [], remoteAddress: String = ""
    ) {
        self.method = method
        self.path = path
        self.parameters = parameters
        self.query = query
        self.body = body
        self.remoteAddress = remoteAddress
        fields = HTTPHeaders(headers.map { ($0.name.rawName, $0.value) })
    }

    /// A request whose body and peer are filled in later.
    init(head: RequestHead, target: RequestTarget, parameters: [String: String]) {
        method = head.method
        path = target.path
        self.parameters = parameters
        query = target.query
        body = []
        remoteAddress = ""
        fields = head.headers
    }

    /// All header fields, in the order in which they came.
    ///
    /// Made anew on each call, in time linear in their number: ``header(_:)`` is cheaper for one of them.
    public var headers: HTTPFields {
        var result = HTTPFields()
        result.reserveCapacity(fields.count)
        for (name, value) in fields {
            guard let name = HTTPField.Name(name) else { continue }
            result.append(HTTPField(name: name, value: value))
        }
        return result
    }

    /// Whether the client takes gzip, and likes it no less than bytes as they are (RFC 9110 §12.5.3).
    public var acceptsGzip: Bool {
        AcceptEncoding(fields["accept-encoding"]).prefersGzip
    }

    /// The first header field of that name, whatever its case.
    public func header(_ name: String) -> String? {
        fields.first(name: name)
    }

    /// The values of all header fields of that name, whatever its case, as the one list that they stand for: with commas
    /// between them (RFC 9110 §5.3). Where only one is allowed, several so are none that can be meant.
    public func headers(_ name: String) -> String? {
        let values = fields[name]
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}
