import OrionCore

/// Who an agent says that it is, in every hello.
struct SessionIdentity: Sendable {
    var nodeID: NodeID
    var name: String
    var address: String
    var labels: [String: String]
    var capacity: Capacity
    /// Made at this start of the agent.
    var instanceID: String
    var version: String

    /// The hello of an agent that holds records of `replicas`.
    func hello(_ replicas: [ReplicaStatus]) -> Hello {
        var hello = Hello(nodeId: nodeID, name: name, address: address, labels: labels)
        hello.protocol = 1
        hello.instanceId = instanceID
        hello.capacity = capacity
        hello.agentVersion = version
        hello.replicas = replicas
        return hello
    }
}
