public import OrionCore

extension OrionClient {
    /// Every node, sorted by name.
    public func nodes() async throws(ClientError) -> [NodeRecord] {
        try await send(.get, "/api/nodes").decodeItems(NodeRecord.self)
    }

    /// One node, by its id or its name; 404 where there is none, 409 where several have that name.
    public func node(_ idOrName: String) async throws(ClientError) -> NodeRecord {
        try await send(.get, path(ofNode: idOrName)).decode(NodeRecord.self)
    }

    /// Forgets a node; 409 while it is connected.
    public func delete(node idOrName: String) async throws(ClientError) {
        _ = try await send(.delete, path(ofNode: idOrName))
    }

    /// Places no new replicas on a node.
    public func cordon(_ idOrName: String) async throws(ClientError) {
        _ = try await send(.post, path(ofNode: idOrName) + "/cordon")
    }

    /// Cordons a node and moves its replicas away.
    public func drain(_ idOrName: String) async throws(ClientError) {
        _ = try await send(.post, path(ofNode: idOrName) + "/drain")
    }

    /// Takes a node back into service.
    public func uncordon(_ idOrName: String) async throws(ClientError) {
        _ = try await send(.post, path(ofNode: idOrName) + "/uncordon")
    }

    private func path(ofNode idOrName: String) -> String { "/api/nodes/" + Self.segment(idOrName) }
}
