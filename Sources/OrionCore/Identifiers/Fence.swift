/// One durable counter of the cluster, raised by every placement: unique for ever, and a fencing token for whatever the
/// replica writes to.
public struct Fence: Hashable, Comparable, Sendable, Encodable, CustomStringConvertible {
    /// The number; the first placement has 1.
    public let rawValue: UInt64

    /// Wraps a number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The fence of the next placement.
    public var next: Fence { Fence(rawValue: rawValue + 1) }

    /// The number as text.
    public var description: String { String(rawValue) }

    /// The order of the placements.
    public static func < (left: Fence, right: Fence) -> Bool { left.rawValue < right.rawValue }

    /// Writes the plain number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
