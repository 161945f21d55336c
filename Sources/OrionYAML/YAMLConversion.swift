internal import OrionCore
internal import Yams

/// Turns a tree of YAML nodes into the JSON that it stands for.
///
/// Aliases are expanded, so the result may be larger than the text by far; `budget` bounds it, and with it the time.
struct YAMLConversion {
    /// Levels of sequences and mappings, as in JSON.
    private static let maximumDepth = 64

    /// Bytes that the result may still take, roughly: four times what a document without aliases can.
    private var budget = 4 * OrionYAML.maximumBytes

    mutating func value(of node: Node, depth: Int) throws(OrionError) -> JSONValue {
        try spend(16, at: node)
        switch node {
        case .scalar(let scalar):
            try spend(scalar.string.utf8.count, at: node)
            return try CoreSchema.value(of: scalar)
        case .sequence(let sequence):
            try descend(depth, at: node, sequence.tag, "seq")
            var values: [JSONValue] = []
            values.reserveCapacity(sequence.count)
            for element in sequence { values.append(try value(of: element, depth: depth + 1)) }
            return .array(values)
        case .mapping(let mapping):
            try descend(depth, at: node, mapping.tag, "map")
            return .object(try members(of: mapping, depth: depth))
        case .alias:
            throw YAMLFailure.make("an alias has no anchor before it", at: node.mark)
        }
    }

    private mutating func members(of mapping: Node.Mapping, depth: Int) throws(OrionError) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        members.reserveCapacity(mapping.count)
        var merged: [Node] = []
        for (key, node) in mapping {
            guard case .scalar(let scalar) = key else {
                throw YAMLFailure.make("a key has to be a plain text", at: key.mark ?? mapping.mark)
            }
            if scalar.string == "<<", scalar.style == .plain {
                merged.append(node)
                continue
            }
            guard !scalar.string.isEmpty || scalar.style != .plain else {
                throw YAMLFailure.make("a value has no key before its colon", at: scalar.mark)
            }
            try spend(scalar.string.utf8.count, at: key)
            if members.updateValue(try value(of: node, depth: depth + 1), forKey: scalar.string) != nil {
                throw YAMLFailure.make("`\(scalar.string.prefix(40))` is there twice in one mapping", at: scalar.mark)
            }
        }
        // What the mapping says itself goes first, then the merged mappings in their order.
        for node in merged { try merge(node, into: &members, depth: depth) }
        return members
    }

    private mutating func merge(
        _ node: Node, into members: inout [String: JSONValue], depth: Int
    ) throws(OrionError) {
        switch node {
        case .mapping:
            guard case .object(let more) = try value(of: node, depth: depth) else { return }
            members.merge(more) { own, _ in own }
        case .sequence(let sequence):
            try spend(16, at: node)
            for element in sequence {
                guard case .mapping = element else { throw notMergeable(element) }
                try merge(element, into: &members, depth: depth)
            }
        default: throw notMergeable(node)
        }
    }

    private func notMergeable(_ node: Node) -> OrionError {
        YAMLFailure.make("`<<` takes a mapping or a sequence of mappings", at: node.mark)
    }

    private func descend(_ depth: Int, at node: Node, _ tag: Tag, _ name: String) throws(OrionError) {
        guard depth < Self.maximumDepth else {
            throw YAMLFailure.make("it is nested deeper than \(Self.maximumDepth) levels", at: node.mark)
        }
        let text = tag.rawValue
        guard text.isEmpty || text == "!" || text == "tag:yaml.org,2002:\(name)" else {
            throw YAMLFailure.make("the tag \(text) is not known here", at: node.mark)
        }
    }

    private mutating func spend(_ bytes: Int, at node: Node) throws(OrionError) {
        budget -= bytes
        guard budget >= 0 else { throw YAMLFailure.make("its aliases make it too large: expand fewer", at: node.mark) }
    }
}
