package import OrionCore

/// A replica that the control plane has let go of: it is in no hello any more, but its output is kept for a while, and its
/// id never runs again.
package struct RetiredReplica: Hashable, Sendable {
    package let id: ReplicaID
    package let service: ServiceName
    /// When it was forgotten.
    package let at: Timestamp

    package init(id: ReplicaID, service: ServiceName, at: Timestamp) {
        self.id = id
        self.service = service
        self.at = at
    }

    /// Folders kept of a service's forgotten replicas, the youngest.
    package static let keptPerService = 5
    /// How long they are kept at most: a day.
    package static let keptMilliseconds: Int64 = 24 * 3600 * 1000

    /// Until when its folder is kept at most.
    var expiresAt: Timestamp { Timestamp(milliseconds: at.milliseconds + Self.keptMilliseconds) }

    /// Those of `retired` whose folders are to go now.
    static func expired(_ retired: some Collection<RetiredReplica>, now: Timestamp) -> [RetiredReplica] {
        var seen: [ServiceName: Int] = [:]
        return retired.sorted { ($1.at, $1.id) < ($0.at, $0.id) }.filter { replica in
            seen[replica.service, default: 0] += 1
            return seen[replica.service, default: 0] > keptPerService
                || now > replica.expiresAt
        }
    }
}

extension RetiredReplica: Encodable, JSONReadable {
    private enum CodingKeys: CodingKey { case id, service, at }

    package static func read(_ value: JSONValue, by reader: JSONReader) -> RetiredReplica? {
        var replica: RetiredReplica?
        let isObject = reader.members(of: value) { fields in
            guard let id = fields.required("id", ReplicaID.self),
                let service = fields.required("service", ServiceName.self),
                let at = fields.required("at", Timestamp.self)
            else { return }
            replica = RetiredReplica(id: id, service: service, at: at)
        }
        return isObject ? replica : nil
    }
}
