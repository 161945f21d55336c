import NIOHTTP1

/// The values of the fields that decide about framing and the connection, found in one pass over all of them.
struct DecisiveFields {
    private(set) var hosts: [String] = []
    private(set) var lengths: [String] = []
    private(set) var codings: [String] = []
    private(set) var expectations: [String] = []
    private(set) var upgrades: [String] = []

    init(_ headers: HTTPHeaders) {
        for (name, value) in headers {
            // Their lengths differ, so that few names are looked at further.
            switch name.utf8.count {
            case 4: if Self.isSame(name, "host") { hosts.append(value) }
            case 6: if Self.isSame(name, "expect") { expectations.append(value) }
            case 7: if Self.isSame(name, "upgrade") { upgrades.append(value) }
            case 14: if Self.isSame(name, "content-length") { lengths.append(value) }
            case 17: if Self.isSame(name, "transfer-encoding") { codings.append(value) }
            default: break
            }
        }
    }

    /// Whatever the case of ASCII's letters: a token has no other bytes that this would take for one another.
    private static func isSame(_ name: String, _ lowercased: StaticString) -> Bool {
        var name = name
        return name.withUTF8 { bytes in
            lowercased.withUTF8Buffer { zip(bytes, $0).allSatisfy { byte, letter in byte | 0x20 == letter } }
        }
    }
}
