/// Base64 with padding (RFC 4648 §4), for the sixteen and twenty bytes of a handshake.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for place in 0..<4 {
                text.append(place <= group.count ? alphabet[Int(bits >> 18 & 63)] : UInt8(ascii: "="))
                bits <<= 6
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether the text is the encoding of sixteen bytes: 22 digits, of which the last carries four bits, and padding.
    static func isSixteenBytes(_ text: String) -> Bool {
        let digits = Array(text.utf8)
        guard digits.count == 24, digits.suffix(2).elementsEqual("==".utf8) else { return false }
        return digits.dropLast(2).allSatisfy { alphabet.contains($0) }
    }
}
