import OrionClient
import OrionCore

extension Waiter {
    /// Returns once no replica is left on a node that is being drained.
    func waitUntilDrained(_ node: String) async throws {
        try await wait(for: [node]) { (client: OrionClient) async throws(ClientError) in
            [Self.progress(of: try await client.node(node))]
        }
    }

    /// How far a drain is.
    static func progress(of node: NodeRecord) -> Progress {
        if node.replicas == 0 { return .settled("drained") }
        guard node.draining else { return .impossible("it was taken back into service meanwhile") }
        let left = "\(node.replicas) left to move away"
        return .waiting(([left] + (node.remaining ?? []).map(\.text)).joined(separator: " · "))
    }
}

extension NodeRecord.Remainder {
    /// `web 2: Waits for web-000007 on beta, which is starting`
    fileprivate var text: String {
        guard let message else { return "\(service) \(replicas)" }
        return "\(service) \(replicas): \(message.hasSuffix(".") ? String(message.dropLast()) : message)"
    }
}
