/// What the scheduler reserves on a node for each replica; nothing where left out.
public struct Resources: Hashable, Sendable, Encodable {
    /// Cores.
    public var cpu: Double?
    /// MiB.
    public var memory: Double?

    /// Nothing reserved.
    public init(cpu: Double? = nil, memory: Double? = nil) {
        self.cpu = cpu
        self.memory = memory
    }
}

/// What a machine has; nil where its agent does not say, which refuses nothing.
public struct Capacity: Hashable, Sendable, Encodable {
    /// Cores.
    public var cpu: Double?
    /// MiB.
    public var memory: Double?

    /// A machine with this much.
    public init(cpu: Double? = nil, memory: Double? = nil) {
        self.cpu = cpu
        self.memory = memory
    }
}
