package import OrionCore

/// Who an agent says that it is, in every hello.
package struct SessionIdentity: Sendable {
    package var nodeID: NodeID
    package var name: String
    package var address: String
    package var labels: [String: String]
    package var capacity: Capacity
    /// Made at this start of the agent.
    package var instanceID: String
    package var version: String

    package init(
        nodeID: NodeID, name: String, address: String, labels: [String: String], capacity: Capacity, instanceID: String,
        version: String
    ) {
        self.nodeID = nodeID
        self.name = name
        self.address = address
        self.labels = labels
        self.capacity = capacity
        self.instanceID = instanceID
        self.version = version
    }

    /// What a control plane takes in one frame (1 MiB), with some room for its header.
    static let frameBytes = 1_000_000

    /// The frame of a hello that names all of `replicas`: where it would be too long, without what is for people.
    ///
    /// 4,000 replicas with the longest names take 0.9 MB without ports and messages.
    package func hello(_ replicas: [ReplicaStatus]) -> [UInt8] {
        let whole = AgentMessage.hello(message(replicas)).json()
        if whole.count <= Self.frameBytes { return whole }
        var short = replicas
        for index in short.indices { short[index].message = nil }
        let withPorts = AgentMessage.hello(message(short)).json()
        if withPorts.count <= Self.frameBytes { return withPorts }
        for index in short.indices {
            short[index].ports = nil
            short[index].exitCode = nil
            short[index].signal = nil
        }
        return AgentMessage.hello(message(short)).json()
    }

    private func message(_ replicas: [ReplicaStatus]) -> Hello {
        var hello = Hello(nodeId: nodeID, name: name, address: address, labels: labels)
        hello.protocol = 1
        hello.instanceId = instanceID
        hello.capacity = capacity
        hello.agentVersion = version
        hello.replicas = replicas
        return hello
    }
}
