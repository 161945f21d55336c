/// Where replicas may run.
public struct Placement: Hashable, Sendable, Encodable {
    /// A condition on a node's label.
    public struct Constraint: Hashable, Sendable, Encodable {
        /// How values are compared.
        public enum Operator: String, Hashable, Sendable, Encodable, CaseIterable {
            /// The label has one of the values.
            case isIn = "In"
            /// The label has none of the values.
            case isNotIn = "NotIn"
            /// The label is there.
            case exists = "Exists"
            /// The label is not there.
            case doesNotExist = "DoesNotExist"
        }

        /// The label's key.
        public var label: String
        /// How it is compared.
        public var `operator`: Operator
        /// With what.
        public var values: [String]
        /// Its weight, where it is an affinity.
        public var weight: Double?

        /// A condition.
        public init(label: String, operator: Operator, values: [String] = [], weight: Double? = nil) {
            self.label = label
            self.operator = `operator`
            self.values = values
            self.weight = weight
        }
    }

    /// An even distribution over the values of a label.
    public struct Spread: Hashable, Sendable, Encodable {
        /// The label's key.
        public var label: String
        /// The largest difference between two values.
        public var maxSkew = 1

        /// A spread over that label.
        public init(label: String) { self.label = label }
    }

    /// The strategy's registered name.
    public var strategy = "round-robin"
    /// Conditions that must hold.
    public var constraints: [Constraint] = []
    /// Conditions that should hold.
    public var affinity: [Constraint] = []
    /// Distributions.
    public var spread: [Spread] = []
    /// Who goes first where not all fit.
    public var priority = 0
    /// Replicas kept warm.
    public var warm = 0

    /// The defaults.
    public init() {}
}
