/// A request and the route that answers it.
struct Exchange: Sendable {
    let route: Route
    var request: HTTPServerRequest
    /// What the body comes through, where the route takes it as it comes.
    var pipe: BodyPipe?
}
