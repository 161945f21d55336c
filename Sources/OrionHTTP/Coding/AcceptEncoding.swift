/// Which content codings a client takes (RFC 9110 §12.5.3), as far as it matters here: gzip, or none.
struct AcceptEncoding: Equatable {
    /// Whether gzip is taken, and liked no less than bytes as they are.
    let prefersGzip: Bool

    /// Longer fields, all together, are no browser's: reading thousands of members would hold up an event loop.
    private static let longest = 1024

    /// Reads the fields of that name; members that are no coding with a weight are ignored.
    init(_ fields: [String]) {
        guard fields.reduce(0, { $0 + $1.utf8.count }) <= Self.longest else {
            prefersGzip = false
            return
        }
        var gzip: Int?
        var identity: Int?
        var others: Int?
        for member in fields.flatMap({ $0.split(separator: ",") }) {
            let parts = member.split(separator: ";", omittingEmptySubsequences: false).map { $0.trimmingBlanks() }
            guard let name = parts.first?.lowercased(), let weight = Self.weight(parts.dropFirst()) else { continue }
            switch name {
            case "gzip", "x-gzip": gzip = weight
            case "identity": identity = weight
            case "*": others = weight
            default: break
            }
        }
        let gzipWeight = gzip ?? others ?? 0
        prefersGzip = gzipWeight > 0 && gzipWeight >= identity ?? 0
    }

    /// In thousandths (RFC 9110 §12.4.2); nil where it is none.
    private static func weight(_ parameters: ArraySlice<Substring>) -> Int? {
        guard let parameter = parameters.first else { return 1000 }
        guard parameters.count == 1, parameter.lowercased().hasPrefix("q=") else { return nil }
        let text = parameter.utf8.dropFirst(2)
        let decimals = text.dropFirst(2)
        guard let first = text.first, text.count <= 5, text.count == 1 || text.dropFirst().first == UInt8(ascii: "."),
            decimals.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        let thousandths = zip(decimals, [100, 10, 1]).reduce(0) { $0 + Int($1.0 - UInt8(ascii: "0")) * $1.1 }
        switch first {
        case UInt8(ascii: "0"): return thousandths
        case UInt8(ascii: "1") where thousandths == 0: return 1000
        default: return nil
        }
    }
}

extension Substring {
    /// Without spaces and tabs at both ends.
    fileprivate func trimmingBlanks() -> Substring {
        var text = self
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
