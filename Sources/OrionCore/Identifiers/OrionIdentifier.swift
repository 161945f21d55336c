/// A name or id with a type of its own, so that a node's id cannot stand where a replica's is meant.
///
/// On the wire and in the store each is the plain string.
public protocol OrionIdentifier: RawRepresentable<String>, Hashable, Comparable, Sendable, Encodable,
    CustomStringConvertible, ExpressibleByStringLiteral
{
    /// Takes any string: what a valid one looks like is checked where it comes in.
    init(rawValue: String)
}

extension OrionIdentifier {
    /// The id from a literal.
    public init(stringLiteral value: String) { self.init(rawValue: value) }

    /// The plain string.
    public var description: String { rawValue }

    /// The order of the plain strings.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
