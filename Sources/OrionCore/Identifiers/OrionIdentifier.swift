/// A name or id with a type of its own, so that a node's id cannot stand where a replica's is meant.
///
/// On the wire and in the store each is the plain string.
public protocol OrionIdentifier: RawRepresentable<String>, Hashable, Comparable, Sendable, Encodable,
    CodingKeyRepresentable, CustomStringConvertible, ExpressibleByStringLiteral, JSONReadable, MemberName
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

    /// The id as a member's name.
    public init(memberName: String) { self.init(rawValue: memberName) }

    /// Takes strings of 1 to 256 bytes without control characters, so that an id can stand in a log, a table and a
    /// database as it is.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Self? {
        guard let text = String.read(value, by: reader) else { return nil }
        guard (1...256).contains(text.utf8.count), !text.hasControlCharacters else {
            return reader.refuse(
                "must be 1 to 256 bytes without control characters, not \(JSONValue.shown(text))")
        }
        return Self(rawValue: text)
    }
}

extension String {
    /// Whether a terminal might take some of it as an order, or a C function as its end.
    var hasControlCharacters: Bool { utf8.contains { $0 < 0x20 || $0 == 0x7F } }
}
