import HTTPTypes

/// What stands behind a method and a pattern.
struct Route: Sendable {
    enum Answer: Sendable {
        case immediate(@Sendable (HTTPServerRequest) -> HTTPServerResponse)
        /// The second answers on the event loop where it need not wait.
        case task(
            @Sendable (HTTPServerRequest) async -> HTTPServerResponse,
            (@Sendable (HTTPServerRequest) -> HTTPServerResponse?)?)
        /// Its body is taken as it comes.
        case stream(@Sendable (HTTPServerRequest, HTTPRequestBody) async -> HTTPServerResponse)
        case upgrade(protocol: String, required: HTTPFields, @Sendable (HTTPServerRequest) -> HTTPUpgrade)
    }

    let method: HTTPRequest.Method
    let answer: Answer
    /// Nil: the server's own limit.
    let bodyLimitBytes: Int?
    /// Whether a request must say how long its body is, be it empty.
    var needsBody = false
}
