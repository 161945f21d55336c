import HashTreeCollections
import OrionCore

extension ClusterState {
    /// The first node after the cursor that takes a replica with this demand; nil if none does.
    ///
    /// `candidates` are the only nodes worth a look (nil: all), `avoided` is one that must not be chosen.
    /// O(nodes) at worst, O(1) where the next one fits.
    func nextNode(for demand: Demand, among candidates: [NodeID]?, avoiding avoided: NodeID? = nil) -> NodeID? {
        let ring = candidates ?? self.ring
        let start = candidates == nil ? ringIndex(after: cluster.cursor) : start(in: ring)
        for offset in ring.indices {
            let id = ring[(start + offset) % ring.count]
            if id != avoided, let node = nodes[id], node.refusal(of: demand) == nil { return id }
        }
        return nil
    }

    private func start(in candidates: [NodeID]) -> Int {
        guard let cursor = cluster.cursor else { return 0 }
        return candidates.firstIndex { $0 > cursor } ?? 0
    }
}
