public import OrionCore

extension ClusterState {
    /// Every service as the API shows it, sorted by name.
    public func serviceRecords() -> [ServiceRecord] { [] }

    /// One service as the API shows it.
    public func serviceRecord(_ name: ServiceName) -> ServiceRecord? { nil }

    /// Every node as the API shows it, sorted by name.
    public func nodeRecords() -> [NodeRecord] { [] }

    /// One node, by its id or its name; refused where there is none (`notFound`) or several have that name (`conflict`).
    public func nodeRecord(_ idOrName: String) throws(OrionError) -> NodeRecord {
        throw OrionError(.notFound, "There is no node \(idOrName).")
    }
}
