public import OrionCore

extension OrionClient {
    /// What the server answers to a GET, as it is: every field, those that this version does not know too.
    ///
    /// `steps` are the parts of the path (`["api", "services", "web"]`), escaped here.
    public func value(at steps: [String]) async throws(ClientError) -> JSONValue {
        try await send(.get, steps.map { "/" + Self.segment($0) }.joined()).value()
    }
}
