import HashTreeCollections
import OrionCore

/// What is kept of documents beside their services, and the machines that they declare.
extension Step {
    /// Keeps the document without its services; whether it differs from the one kept before.
    mutating func storeDocument(_ config: OrionConfig) -> Bool {
        var document = config
        document.spec.services = []
        let name = config.metadata.name
        let stored = StoredConfiguration(name: name, document: OrionJSON.encode(document))
        guard stored != state.configurations[name] else { return false }
        let isEmpty = config.spec.services.isEmpty && !document.declaresMore && !hasServices(name)
        if isEmpty, state.configurations[name] == nil { return false }
        state.configurations[name] = isEmpty ? nil : stored
        touchedConfigurations.insert(name)
        return true
    }

    /// Forgets a document whose last service is gone, unless it says something beside its services.
    mutating func forgetConfiguration(_ name: String) {
        guard let document = state.configurations[name]?.config, !document.declaresMore, !hasServices(name) else {
            return
        }
        state.configurations[name] = nil
        touchedConfigurations.insert(name)
    }

    private func hasServices(_ name: String) -> Bool { state.serviceNamesByConfiguration[name]?.isEmpty == false }

    /// Keeps a record of each machine that a configuration declares and no agent has said hello for. Of several that
    /// declare one, the first holds until it no longer does.
    mutating func declare(_ nodes: [OrionConfig.ExpectedNode], in configuration: String, isNew: Bool) {
        if isNew { withdraw(from: configuration, butFor: Set(nodes.map(\.name))) }
        for node in nodes { declare(node, in: configuration) }
    }

    /// Removes the records of machines that a configuration declares no more, or hands them to another that does.
    private mutating func withdraw(from configuration: String, butFor names: Set<String>) {
        for id in state.ring {
            guard let node = state.nodes[id], node.stored.declaredBy == configuration,
                !names.contains(node.stored.name)
            else { continue }
            if let heir = declaration(of: node.stored.name, besides: configuration) {
                declare(heir.node, as: id, in: heir.configuration)
                continue
            }
            for replica in node.replicas { removeReplica(replica) }
            state.removeNode(id)
            touchedNodes.insert(id)
        }
    }

    private func declaration(
        of name: String, besides configuration: String
    ) -> (configuration: String, node: OrionConfig.ExpectedNode)? {
        for other in state.configurations.keys.sorted() where other != configuration {
            guard let node = state.configurations[other]?.config?.spec.nodes.first(where: { $0.name == name }) else {
                continue
            }
            return (other, node)
        }
        return nil
    }

    private mutating func declare(_ expected: OrionConfig.ExpectedNode, in configuration: String) {
        let id = NodeID(rawValue: expected.name)
        let namesakes = state.nodeIDsByName[expected.name] ?? SortedTree()
        if let declared = namesakes.first(where: { state.nodes[$0]?.stored.declaredBy != nil }) {
            guard state.nodes[declared]?.stored.declaredBy == configuration else { return }
            return declare(expected, as: declared, in: configuration)
        }
        guard namesakes.isEmpty, state.nodes[id] == nil, state.ring.count < SchedulerLimits.nodes else { return }
        state.addNode(NodeState(stored: StoredNode(id: id, name: expected.name, address: "")))
        declare(expected, as: id, in: configuration)
    }

    private mutating func declare(
        _ expected: OrionConfig.ExpectedNode, as id: NodeID, in configuration: String
    ) {
        updateNode(id) { node in
            node.stored.address = expected.address
            node.stored.labels = expected.labels
            node.stored.capacity = expected.capacity
            node.stored.declaredBy = configuration
        }
    }

    /// What to say of machines that another document declares already.
    func declarationWarnings(for config: OrionConfig) -> [ConfigurationIssue] {
        config.spec.nodes.enumerated().compactMap { index, expected in
            let owners = (state.nodeIDsByName[expected.name] ?? SortedTree()).compactMap {
                state.nodes[$0]?.stored.declaredBy
            }
            guard let owner = owners.first, owner != config.metadata.name else { return nil }
            return ConfigurationIssue(
                path: [.key("spec"), .key("nodes"), .index(index)],
                message: "\(expected.name) is declared by the configuration \(owner) too: what that one says holds as"
                    + " long as it does")
        }
    }
}

extension StoredConfiguration {
    /// The document; nil where it cannot be read.
    fileprivate var config: OrionConfig? { try? OrionJSON.decode(OrionConfig.self, from: document) }
}

extension OrionConfig {
    /// Whether it says anything beside its services that is to last without them.
    fileprivate var declaresMore: Bool { !spec.nodes.isEmpty || !spec.plugins.isEmpty }
}
