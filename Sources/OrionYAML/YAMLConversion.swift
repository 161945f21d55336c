internal import OrionCore
internal import Yams

/// Turns a tree of YAML nodes into the JSON that it stands for.
///
/// Aliases are expanded, so the result may be larger than the text by far. Both budgets bound it, and with it the time: a
/// short text cannot stand for a long one, and no text for more than the limits of a configuration let through.
struct YAMLConversion {
    /// Levels of sequences and mappings, as in JSON.
    private static let maximumDepth = 64

    /// Nodes that may still come.
    private var nodes: Int
    /// Bytes of scalars that may still come.
    private var bytes = 4 * OrionYAML.maximumBytes

    /// Converts the nodes of a text: as many as it has itself, and of expanded aliases so many for each byte.
    init(_ survey: YAMLSurvey, textBytes: Int) {
        nodes = survey.nodes + min(100_000 + 8 * textBytes, 4_000_000)
    }

    mutating func value(of node: Node, depth: Int) throws(OrionError) -> JSONValue {
        try spend(0, at: node)
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
            try spend(0, at: node)
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

    private mutating func spend(_ count: Int, at node: Node) throws(OrionError) {
        nodes -= 1
        bytes -= count
        guard nodes >= 0, bytes >= 0 else {
            throw YAMLFailure.make("its aliases make it too large: expand fewer", at: node.mark)
        }
    }
}
