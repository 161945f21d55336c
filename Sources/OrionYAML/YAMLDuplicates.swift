internal import OrionCore
internal import Yams

/// Finds every key that is in a mapping twice.
///
/// The parser stops at the first mapping that has one, and says only where its first occurrence is. So that one is given
/// a name of its own, until the parser takes the text; its tree then tells where the others are.
struct YAMLDuplicates {
    /// Keys renamed, and so parsings.
    private static let maximumKeys = 50
    /// Bytes that are worth so many parsings.
    private static let maximumBytes = 256 * 1024
    /// The first of the characters that mark a renamed key: of a private use area, which no document needs.
    private static let firstMark: UInt32 = 0xF_0000

    /// The names of renamed keys as they were.
    private var names: [String: String] = [:]
    private var seen: Set<[Int]> = []
    private var places: [(mark: Mark, name: String)] = []

    /// What is wrong with a text that has such keys; nil where they cannot all be found.
    static func failure(in text: String) -> OrionError? {
        guard text.utf8.count <= maximumBytes else { return nil }
        var duplicates = YAMLDuplicates()
        guard let root = duplicates.root(of: text) else { return nil }
        duplicates.find(in: root)
        let places = duplicates.places.sorted { ($0.mark.line, $0.mark.column) < ($1.mark.line, $1.mark.column) }
        guard !places.isEmpty else { return nil }
        return YAMLFailure.make(places.map { ("`\($0.name.prefix(40))` is there twice in one mapping", $0.mark) })
    }

    private mutating func root(of text: String) -> Node? {
        var scalars = Array(text.unicodeScalars)
        for number in 0..<UInt32(Self.maximumKeys) {
            do {
                let text = String(String.UnicodeScalarView(scalars))
                return try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                guard let key = keys.first, let character = Unicode.Scalar(Self.firstMark + number),
                    let position = Self.position(of: key, at: context.mark, in: scalars)
                else { return nil }
                scalars[position] = character
                names[String(character) + String(String.UnicodeScalarView(key.unicodeScalars.dropFirst()))] = key
            } catch {
                return nil
            }
        }
        return nil
    }

    /// Where the text of a key begins; nil where it is not written as it reads.
    private static func position(of key: String, at mark: Mark, in text: [Unicode.Scalar]) -> Int? {
        var position = 0
        for _ in 1..<max(1, mark.line) {
            guard let end = text[position...].firstIndex(of: "\n") else { return nil }
            position = end + 1
        }
        position += mark.column - 1
        guard text.indices.contains(position) else { return nil }
        if text[position] == "\"" || text[position] == "'" { position += 1 }
        return !key.isEmpty && text[position...].starts(with: key.unicodeScalars) ? position : nil
    }

    private mutating func find(in node: Node) {
        // What an alias stands for was seen where its anchor is.
        if let mark = node.mark, node.scalar == nil, !seen.insert([mark.line, mark.column]).inserted { return }
        switch node {
        case .mapping(let mapping):
            var keys: Set<String> = []
            for (key, value) in mapping {
                if case .scalar(let scalar) = key {
                    let name = names[scalar.string] ?? scalar.string
                    if !keys.insert(name).inserted, let mark = scalar.mark { places.append((mark, name)) }
                }
                find(in: value)
            }
        case .sequence(let sequence): for element in sequence { find(in: element) }
        default: break
        }
    }
}
