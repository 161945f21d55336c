package import OrionCore

extension String {
    package static func random(by random: inout SplitMix) -> String {
        let pieces: [Unicode.Scalar] = [
            "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\0", "\u{1f}", "\u{7f}", "é", "€", "😀", "\u{2028}",
        ]
        let count = Int.random(in: 0...12, using: &random)
        return String(
            String.UnicodeScalarView((0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }))
    }
}

extension JSONValue {
    package static func random(by random: inout SplitMix, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .integer(Int64(truncatingIfNeeded: random.next()) >> Int64.random(in: 0..<64, using: &random))
        case 3: .number(fraction(by: &random))
        case 4, 5: .string(String.random(by: &random))
        case 6: .array((0..<Int.random(in: 0...4, using: &random)).map { _ in .random(by: &random, depth: depth - 1) })
        default:
            .object(
                Dictionary(
                    (0..<Int.random(in: 0...4, using: &random)).map { _ in
                        (String.random(by: &random), .random(by: &random, depth: depth - 1))
                    }, uniquingKeysWith: { first, _ in first }))
        }
    }

    /// A number that no integer is: those are read back as integers.
    private static func fraction(by random: inout SplitMix) -> Double {
        while true {
            let number = Double(bitPattern: random.next())
            if number.isFinite, number != number.rounded() { return number }
        }
    }
}
