import OrionCore

/// A replica as the server shows it inside its service's record, with the service's name beside it.
struct ReplicaDocument {
    let service: String
    let id: String?
    let value: JSONValue

    /// Every replica in the answer to `GET /api/services`.
    static func replicas(in list: JSONValue) -> [ReplicaDocument] {
        guard case .object(let members) = list, case .array(let services)? = members["items"] else { return [] }
        return services.flatMap { service -> [ReplicaDocument] in
            guard case .object(let record) = service, case .string(let name)? = record["name"],
                case .array(let instances)? = record["instances"]
            else { return [] }
            return instances.compactMap { ReplicaDocument($0, service: name) }
        }
    }

    private init?(_ instance: JSONValue, service: String) {
        guard case .object(var members) = instance else { return nil }
        if case .string(let id)? = members["replicaId"] { self.id = id } else { id = nil }
        members["service"] = .string(service)
        self.service = service
        value = .object(members)
    }
}
