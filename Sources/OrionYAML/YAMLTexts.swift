internal import OrionCore
internal import Yams

/// The scalars at some places of a document, as they are written there.
struct YAMLTexts {
    private(set) var texts: [[PathComponent]: String] = [:]

    /// Finds those at `paths`, in one walk over a tree that was converted before: what that expands is bounded.
    init(of paths: [[PathComponent]], in root: Node) {
        find(paths, depth: 0, in: root)
    }

    private mutating func find(_ paths: [[PathComponent]], depth: Int, in node: Node) {
        if case .scalar(let scalar) = node {
            for path in paths where path.count == depth { texts[path] = scalar.string }
            return
        }
        let groups = Dictionary(grouping: paths.filter { $0.count > depth }) { $0[depth] }
        guard !groups.isEmpty else { return }
        switch node {
        case .mapping(let mapping): find(groups, depth: depth, in: mapping)
        case .sequence(let sequence):
            for (step, paths) in groups {
                guard case .index(let index) = step, sequence.indices.contains(index) else { continue }
                find(paths, depth: depth + 1, in: sequence[index])
            }
        default: break
        }
    }

    private mutating func find(_ groups: [PathComponent: [[PathComponent]]], depth: Int, in mapping: Node.Mapping) {
        var rest = groups
        var merged: [Node] = []
        for (key, node) in mapping {
            guard case .scalar(let scalar) = key else { continue }
            if scalar.string == "<<", scalar.style == .plain {
                merged.append(node)
            } else if let paths = rest.removeValue(forKey: .key(scalar.string)) {
                find(paths, depth: depth + 1, in: node)
            }
        }
        // What a mapping says itself goes first, and of those merged the earlier ones.
        let paths = rest.values.flatMap(\.self)
        for node in merged {
            let sources = if case .sequence(let sequence) = node { Array(sequence) } else { [node] }
            for source in sources {
                find(paths.filter { texts[$0] == nil }, depth: depth, in: source)
            }
        }
    }
}
