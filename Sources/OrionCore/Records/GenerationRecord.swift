/// What the API shows of one generation of a service.
public struct GenerationRecord: Sendable {
    /// How it is without its specification.
    public struct Status: Hashable, Sendable, Encodable {
        /// In one word: how its rollout ended, or that it goes on.
        public enum State: String, Hashable, Sendable, Encodable, CaseIterable {
            /// Its rollout is under way.
            case progressing
            /// Every replica was of it and available.
            case complete
            /// A newer generation took over before that.
            case superseded
            /// It failed or was undone, and an earlier specification came back.
            case rolledBack = "rolled-back"
            /// It failed, and waits for someone.
            case halted
        }

        /// Its number.
        public var generation: Int
        /// How it is.
        public var state: State
        /// When it was made.
        public var createdAt: Timestamp
        /// The last generation, up to this one, that needed new processes.
        public var restartFrom: Int
        /// The fields that differ from the generation before it (`env.PORT`).
        public var fields: [String]
        /// The generation whose rollout it undid.
        public var undoes: Int?
        /// Why its rollout ended so.
        public var reason: String?
        /// The replicas that did not become available, where its rollout failed.
        public var evidence: [ReplicaRecord]?

        /// A generation.
        public init(
            generation: Int, state: State, createdAt: Timestamp, restartFrom: Int, fields: [String] = [],
            undoes: Int? = nil, reason: String? = nil, evidence: [ReplicaRecord]? = nil
        ) {
            self.generation = generation
            self.state = state
            self.createdAt = createdAt
            self.restartFrom = restartFrom
            self.fields = fields
            self.undoes = undoes
            self.reason = reason
            self.evidence = evidence
        }
    }

    /// How it is.
    public var status: Status
    /// What it wants.
    public var specification: SharedSpecification

    /// A record.
    public init(status: Status, specification: SharedSpecification) {
        self.status = status
        self.specification = specification
    }

    /// The record as one object, the specification's bytes spliced in.
    public func json() -> [UInt8] { OrionJSON.splice(status, ["specification": specification.json]) }
}
