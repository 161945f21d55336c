/// How the rollout of a generation ended.
public struct RolloutEnding: Hashable, Sendable, Encodable {
    /// In one word.
    public enum State: String, Hashable, Sendable, Encodable, CaseIterable {
        /// Every replica was of it and available.
        case complete
        /// A newer generation took over before that.
        case superseded
        /// It failed, or someone undid it: an earlier specification is back, as a newer generation.
        case rolledBack = "rolled-back"
        /// It failed, and waits for someone.
        case halted
    }

    /// How.
    public var state: State
    /// Why, for people.
    public var reason: String?
    /// The replicas that did not become available, as they were then; none where it did not fail.
    public var evidence: [ReplicaRecord]

    /// An ending.
    public init(_ state: State, reason: String? = nil, evidence: [ReplicaRecord] = []) {
        self.state = state
        self.reason = reason
        self.evidence = evidence
    }
}

extension RolloutEnding.State: JSONReadable {}

extension RolloutEnding: JSONReadable {
    /// Reads how a rollout ended.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> RolloutEnding? {
        var ending: RolloutEnding?
        let isObject = reader.members(of: value) { fields in
            guard let state = fields.required("state", State.self) else { return }
            var result = RolloutEnding(state)
            fields.read("reason", into: &result.reason)
            fields.read("evidence", into: &result.evidence)
            ending = result
        }
        return isObject ? ending : nil
    }
}
