/// The fold of what an agent holds: XOR of FNV-1a-64 over UTF-8 `replicaId=state` of each entry.
///
/// It can be kept up to date one entry at a time, and the order of the entries says nothing.
public struct ReplicaDigest: Hashable, Sendable, CustomStringConvertible {
    /// The fold.
    public private(set) var rawValue: UInt64 = 0

    /// Of nothing.
    public init() {}

    /// Adds an entry, or takes one away that was added.
    public mutating func toggle(_ id: ReplicaID, _ phase: ReplicaPhase) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func fold(_ text: String) {
            for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        fold(id.rawValue)
        fold("=")
        fold(phase.rawValue)
        rawValue ^= hash
    }

    /// Whether a heartbeat carries this one; the case of its digits does not matter.
    public func isWritten(as text: String) -> Bool { text.utf8.count == 16 && UInt64(text, radix: 16) == rawValue }

    /// As heartbeats carry it: 16 hexadecimal digits.
    public var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
