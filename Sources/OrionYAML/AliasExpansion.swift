/// Judges by the text alone how far aliases would expand inside of keys.
///
/// The parser shares what an alias stands for, so values cost nothing; but it hashes every key to find duplicates, and a
/// key built of aliases of aliases takes time exponential in the length of the text. Nothing but an attack has such
/// keys.
struct AliasExpansion {
    /// Bytes of expanded text that are hashed in well under a second.
    private static let limit = 8 * 1024 * 1024

    /// Whether a key may take more than that.
    let isExcessive: Bool

    init(_ text: [UInt8]) {
        var scan = Scan(text: text)
        scan.run()
        isExcessive = scan.hasComplexKey && scan.weight > Self.limit
    }

    private struct Scan {
        let text: [UInt8]
        /// Whether something stands in the text that may be a key and no scalar.
        var hasComplexKey = false
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
