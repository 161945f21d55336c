/// A whole request and the route that answers it.
struct Exchange: Sendable {
    let head: RequestHead
    let target: RequestTarget
    let route: Route
    let parameters: [String: String]
    let body: [UInt8]

    func request(from remoteAddress: String) -> HTTPServerRequest {
        HTTPServerRequest(
            head: head, target: target, parameters: parameters, body: body, remoteAddress: remoteAddress)
    }
}
