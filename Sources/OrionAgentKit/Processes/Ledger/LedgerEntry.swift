/// A replica's folder as an agent finds it at its start.
struct LedgerEntry<Record: Sendable>: Sendable {
    enum Content: Sendable {
        case record(Record)
        /// It could not be read, and has been set aside as `record.json.damaged`; the reason, for the log.
        case damaged(String)
        /// The agent ended between making the folder and writing the record, or while removing it: no process can be
        /// running, and the folder can go.
        case missing
    }

    let folder: ReplicaFolder
    let content: Content

    var id: String { folder.id }
}
