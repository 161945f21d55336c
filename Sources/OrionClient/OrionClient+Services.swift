public import OrionCore

extension OrionClient {
    /// Every service, sorted by name.
    public func services() async throws(ClientError) -> [ServiceRecord] {
        try await send(.get, "/api/services").decodeItems(ServiceRecord.self)
    }

    /// One service; 404 where there is none of that name.
    public func service(_ name: ServiceName) async throws(ClientError) -> ServiceRecord {
        try await send(.get, path(of: name)).decode(ServiceRecord.self)
    }

    /// Removes a service: its replicas are stopped.
    @discardableResult
    public func delete(service name: ServiceName) async throws(ClientError) -> ApplyResult {
        try await send(.delete, path(of: name)).decode(ApplyResult.self)
    }

    /// Wants `replicas` of a service.
    @discardableResult
    public func scale(_ name: ServiceName, to replicas: Int) async throws(ClientError) -> ApplyResult {
        let body = OrionJSON.encode(["replicas": replicas])
        return try await send(.post, path(of: name) + "/scale", body: body).decode(ApplyResult.self)
    }

    /// Replaces every replica of a service, one after the other.
    @discardableResult
    public func restart(_ name: ServiceName) async throws(ClientError) -> ApplyResult {
        try await send(.post, path(of: name) + "/restart").decode(ApplyResult.self)
    }

    /// Goes back to an earlier generation of a service; nil for that of the previous processes.
    @discardableResult
    public func rollBack(_ name: ServiceName, to generation: Int? = nil) async throws(ClientError) -> ApplyResult {
        let body = generation.map { OrionJSON.encode(["generation": $0]) }
        return try await send(.post, path(of: name) + "/rollback", body: body).decode(ApplyResult.self)
    }

    /// The generations that are kept of a service, newest first.
    public func history(of name: ServiceName) async throws(ClientError) -> [GenerationRecord] {
        try await send(.get, path(of: name) + "/history").decodeItems(GenerationRecord.self)
    }

    private func path(of name: ServiceName) -> String { "/api/services/" + Self.segment(name.rawValue) }
}
