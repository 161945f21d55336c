package import OrionCore

/// One line of the ledger.
package enum LedgerEntry: Equatable, Sendable {
    /// How a replica stands.
    case replica(LedgerRecord)
    /// A replica was forgotten.
    case retired(RetiredReplica)
    /// Nothing is left of a replica.
    case removed(ReplicaID)

    /// The replica that it is about.
    package var id: ReplicaID {
        switch self {
        case .replica(let record): record.id
        case .retired(let replica): replica.id
        case .removed(let id): id
        }
    }
}
