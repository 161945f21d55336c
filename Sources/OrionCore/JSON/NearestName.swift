/// Finds what someone meant who misspelled a name.
enum NearestName {
    /// Names longer than this are nobody's slip of the keyboard; it bounds the cost too.
    private static let maximumLength = 64

    /// The nearest of `names`, if it is near enough to be meant.
    static func of(_ text: String, among names: [String]) -> String? {
        let wanted = Array(text.lowercased().utf8.prefix(maximumLength + 1))
        guard wanted.count <= maximumLength else { return nil }
        var best: (name: String, distance: Int)?
        for name in names {
            let candidate = Array(name.lowercased().utf8)
            // As many changes as leave more of the name than they touch.
            let limit = min(3, max(1, candidate.count / 3))
            guard abs(candidate.count - wanted.count) <= limit else { continue }
            let distance = distance(wanted, candidate)
            if distance <= limit, distance < best?.distance ?? .max { best = (name, distance) }
        }
        return best?.name ?? names.first { isPart(wanted, of: Array($0.lowercased().utf8)) }
    }

    /// Whether one begins or ends with the other, as `TERM` and `SIGTERM` do.
    private static func isPart(_ left: [UInt8], of right: [UInt8]) -> Bool {
        let (short, long) = left.count < right.count ? (left, right) : (right, left)
        return short.count > 2 && (long.starts(with: short) || long.suffix(short.count).elementsEqual(short))
    }

    /// Insertions, deletions, replacements and swaps of neighbours between two texts (optimal string alignment).
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 0..<left.count {
            var next = [row + 1]
            for column in 0..<right.count {
                var cost = min(last[column + 1], next[column]) + 1
                cost = min(cost, last[column] + (left[row] == right[column] ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                next.append(cost)
            }
            (beforeLast, last) = (last, next)
        }
        return last[right.count]
    }
}
