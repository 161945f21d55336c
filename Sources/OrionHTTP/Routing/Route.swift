import HTTPTypes

/// What stands behind a method and a pattern.
struct Route: Sendable {
    enum Answer: Sendable {
        case immediate(@Sendable (HTTPServerRequest) -> HTTPServerResponse)
        case task(@Sendable (HTTPServerRequest) async -> HTTPServerResponse)
        case upgrade(protocol: String, required: HTTPFields, @Sendable (HTTPServerRequest) -> HTTPUpgrade)
    }

    let method: HTTPRequest.Method
    let answer: Answer
    /// Nil: the server's own limit.
    let bodyLimitBytes: Int?
    /// Whether a request must say how long its body is, be it empty.
    var needsBody = false
}
