public import HTTPTypes

/// Which route answers a request, and how the server's own refusals look.
///
/// Patterns are made of literal segments and of parameters: `{name}` takes any segment but an empty one, `{name:int}` an
/// integer. Segments are compared with their escapes decoded; a trailing slash is a segment of its own. A GET route
/// answers HEAD too. Wrong or repeated patterns are bugs of the program, on which adding them traps.
public struct Router: Sendable {
    private var tree = RouteTree()
    private let problem: @Sendable (HTTPProblem) -> HTTPServerResponse

    /// A router without routes; `problem` makes a response of what the server refuses itself.
    public init(problem: @escaping @Sendable (HTTPProblem) -> HTTPServerResponse) {
        self.problem = problem
    }

    /// Adds a route that is answered at once, on the event loop: it must not block or compute for long.
    public mutating func on(
        _ method: HTTPRequest.Method, _ pattern: String,
        _ handler: @escaping @Sendable (HTTPServerRequest) -> HTTPServerResponse
    ) {
        tree.add(
            Route(method: method, answer: .immediate(handler), bodyLimitBytes: nil), at: RoutePattern(pattern))
    }

    /// Adds a route that is answered in a task of the server's; `bodyLimitBytes` takes the place of the server's limit.
    ///
    /// With `needsBody` a request that announces no body, not even an empty one, is answered with 411. `ready` is asked
    /// first, on the event loop: what it answers needs no task, such as bytes that were made for another request.
    /// The task is cancelled where the server is, not where the client goes away.
    public mutating func onTask(
        _ method: HTTPRequest.Method, _ pattern: String, bodyLimitBytes: Int? = nil, needsBody: Bool = false,
        ready: (@Sendable (HTTPServerRequest) -> HTTPServerResponse?)? = nil,
        _ handler: @escaping @Sendable (HTTPServerRequest) async -> HTTPServerResponse
    ) {
        tree.add(
            Route(method: method, answer: .task(handler, ready), bodyLimitBytes: bodyLimitBytes, needsBody: needsBody),
            at: RoutePattern(pattern))
    }

    /// Adds a route that is answered in a task of the server's, which takes the body as it comes; `bodyLimitBytes` takes the
    /// place of the server's limit, and `request.body` is empty.
    ///
    /// A client whose body is not taken is held back by TCP, and that time does not count as its own. An answer that is
    /// given before the body's end ends the connection.
    public mutating func onStream(
        _ method: HTTPRequest.Method, _ pattern: String, bodyLimitBytes: Int? = nil,
        _ handler: @escaping @Sendable (HTTPServerRequest, HTTPRequestBody) async -> HTTPServerResponse
    ) {
        tree.add(
            Route(method: method, answer: .stream(handler), bodyLimitBytes: bodyLimitBytes), at: RoutePattern(pattern))
    }

    /// Adds a route that changes over to another protocol, decided on the event loop; a plain GET there is answered with
    /// 426.
    ///
    /// Every 426 there, the route's own too, gets Upgrade and Connection, and `required`: what else the protocol wants
    /// said in one.
    public mutating func onUpgrade(
        _ pattern: String, to protocol: String, required: HTTPFields = [:],
        _ decide: @escaping @Sendable (HTTPServerRequest) -> HTTPUpgrade
    ) {
        var fields = required
        fields[.upgrade] = `protocol`
        fields[.connection] = "Upgrade"
        tree.add(
            Route(method: .get, answer: .upgrade(protocol: `protocol`, required: fields, decide), bodyLimitBytes: 0),
            at: RoutePattern(pattern))
    }

    /// The response that stands for a problem, with the fields that belong to its status.
    public func response(for problem: HTTPProblem) -> HTTPServerResponse {
        var response = self.problem(problem)
        response.addMissing(problem.headers)
        return response
    }

    func find(_ method: HTTPRequest.Method, _ segments: [String]) throws(HTTPProblem) -> (Route, [String: String]) {
        guard let match = tree.match(segments) else {
            throw HTTPProblem(status: .notFound, message: "there is nothing at /\(segments.joined(separator: "/"))")
        }
        let route = match.routes.first { $0.method == method }
        if let route { return (route, match.parameters) }
        if method == .head, let route = match.routes.first(where: { $0.method == .get }) {
            if case .upgrade = route.answer {} else { return (route, match.parameters) }
        }
        throw notAllowed(method, match.routes, segments)
    }

    private func notAllowed(_ method: HTTPRequest.Method, _ routes: [Route], _ segments: [String]) -> HTTPProblem {
        var allowed: [String] = []
        for route in routes {
            allowed.append(route.method.rawValue)
            if route.method == .get, case .upgrade = route.answer { continue }
            if route.method == .get { allowed.append("HEAD") }
        }
        let list = Set(allowed).sorted().joined(separator: ", ")
        return HTTPProblem(
            status: .methodNotAllowed,
            message: "/\(segments.joined(separator: "/")) does not take \(method.rawValue), but \(list)",
            headers: [.allow: list])
    }
}
