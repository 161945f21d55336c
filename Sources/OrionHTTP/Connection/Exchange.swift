/// A whole request and the route that answers it.
struct Exchange: Sendable {
    let head: RequestHead
    let target: RequestTarget
    let route: Route
    let parameters: [String: String]
    let body: [UInt8]
    /// What the rest of the body comes through, where the route takes it as it comes.
    let pipe: BodyPipe?

    func request(from remoteAddress: String) -> HTTPServerRequest {
        HTTPServerRequest(
            head: head, target: target, parameters: parameters, body: body, remoteAddress: remoteAddress)
    }
}
