/// What a text would cost to parse, judged by its bytes alone.
///
/// The parser keeps some 150 bytes for each key and value, so that a hostile text would take a hundred times its own size.
/// It shares what an alias stands for, so values cost nothing; but it hashes every key to find duplicates, and a key
/// built of aliases of aliases takes time exponential in the length of the text. No configuration comes near either.
struct YAMLSurvey {
    /// Marks of keys and values: ten thousand services may have two hundred each.
    private static let maximumMarks = 2_000_000
    /// Bytes of expanded aliases that are hashed in well under a second.
    private static let maximumExpansion = 8 * 1024 * 1024

    /// At most so many keys and values are in the text, its aliases not expanded.
    let nodes: Int
    /// Whether it has more of them than can be afforded.
    let isTooDense: Bool
    /// Whether a key may be built of aliases without bound.
    let hasExcessiveKeys: Bool

    init(_ text: [UInt8]) {
        var scan = Scan(text: text)
        scan.run()
        nodes = 2 * scan.marks + 2
        isTooDense = scan.marks > Self.maximumMarks
        hasExcessiveKeys = scan.hasComplexKey && scan.weight - text.count > Self.maximumExpansion
    }

    private struct Scan {
        let text: [UInt8]
        /// Whether something stands in the text that may be a key and no scalar.
        var hasComplexKey = false
        /// Characters that begin or end a key or a value.
        var marks = 0
        /// The bytes up to the position, with every alias expanded.
        var weight = 0
        /// For each anchor the weight before it, until its first alias: then the weight of what it stands for.
        private var anchors: [ArraySlice<UInt8>: (before: Int, whole: Int?)] = [:]

        init(text: [UInt8]) { self.text = text }

        mutating func run() {
            var position = 0
            while position < text.count {
                let byte = text[position]
                position += 1
                weight += 1
                switch byte {
                case UInt8(ascii: "&"):
                    let name = name(at: position)
                    if !name.isEmpty { anchors[name] = (weight, nil) }
                    position = name.endIndex
                case UInt8(ascii: "*"):
                    let name = name(at: position)
                    expand(name)
                    position = name.endIndex
                    noteKey(endingAt: position)
                case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "{"), 0x0A, 0x0D: marks += 1
                case UInt8(ascii: "]"), UInt8(ascii: "}"): noteKey(endingAt: position)
                case UInt8(ascii: "?"):
                    if position == text.count || text[position] <= 0x20 { hasComplexKey = true }
                default: break
                }
            }
        }

        private mutating func expand(_ name: ArraySlice<UInt8>) {
            guard let anchor = anchors[name] else { return }
            let whole = anchor.whole ?? weight - anchor.before
            anchors[name] = (anchor.before, whole)
            weight = min(weight + whole, 1 << 40)
        }

        /// A colon behind what is no scalar makes a key of it.
        private mutating func noteKey(endingAt end: Int) {
            var position = end
            while position < text.count, text[position] == 0x20 || text[position] == 0x09 { position += 1 }
            if position < text.count, text[position] == UInt8(ascii: ":") { hasComplexKey = true }
        }

        private func name(at start: Int) -> ArraySlice<UInt8> {
            text[start...].prefix { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
        }
    }
}
