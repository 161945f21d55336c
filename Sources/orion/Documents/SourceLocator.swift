import OrionCore
import Yams

/// Finds the line of a path in a YAML document, and so in a JSON one.
struct SourceLocator {
    private let root: Node?

    /// Reads a document; of one that is not YAML, no line is found.
    init(_ bytes: [UInt8]) {
        root = try? Yams.compose(yaml: String(decoding: bytes, as: UTF8.self))
    }

    /// The line of what the path names, or of the nearest thing around it that is there; nil where nothing is.
    func line(of path: [PathComponent]) -> Int? {
        guard var node = root else { return nil }
        var line = node.mark?.line
        for step in path {
            switch (step, node) {
            case (.key(let key), .mapping(let mapping)):
                guard let member = mapping.first(where: { $0.key.string == key }) else { return line }
                line = member.key.mark?.line ?? line
                node = member.value
            case (.index(let index), .sequence(let sequence)):
                guard sequence.indices.contains(index) else { return line }
                node = sequence[index]
                line = node.mark?.line ?? line
            default:
                return line
            }
        }
        return line
    }
}
