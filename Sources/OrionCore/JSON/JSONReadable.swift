/// What can be read from JSON.
///
/// A conformance reads what is there, notes with the reader what is wrong, and goes on, so that one reading finds
/// everything that is wrong.
public protocol JSONReadable {
    /// The value that `value` stands for; nil where that is none, after the reader was told why.
    static func read(_ value: JSONValue, by reader: JSONReader) -> Self?
}

extension Bool: JSONReadable {
    /// Takes `true` and `false`.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Bool? {
        if case .bool(let flag) = value { return flag }
        return reader.refuse("must be true or false, not \(value.shown)")
    }
}

extension Int: JSONReadable {
    /// Takes whole numbers, `3.0` too.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Int? {
        switch value {
        case .integer(let number): return Int(number)
        case .number(let number): if let whole = Int(exactly: number) { return whole }
        default: break
        }
        return reader.refuse("must be a whole number, not \(value.shown)")
    }
}

extension Int64: JSONReadable {
    /// Takes whole numbers.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Int64? {
        Int.read(value, by: reader).map(Int64.init)
    }
}

extension Double: JSONReadable {
    /// Takes every number.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Double? {
        switch value {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: reader.refuse("must be a number, not \(value.shown)")
        }
    }
}

extension String: JSONReadable {
    /// Takes strings.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> String? {
        switch value {
        case .string(let text): text
        case .integer, .number, .bool:
            reader.refuse("must be a string: write it in quotes\(reader.text(of: value).map { ", \($0)" } ?? "")")
        case .null: reader.refuse("must be a string, not null: write \"\" for an empty one")
        default: reader.refuse("must be a string, not \(value.shown)")
        }
    }
}

extension JSONValue: JSONReadable {
    /// Takes everything.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> JSONValue? { value }
}

extension Array: JSONReadable where Element: JSONReadable {
    /// Takes arrays; an element that is refused is left out.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> [Element]? {
        reader.elements(Element.self, of: value)?.map(\.element)
    }
}

extension Dictionary: JSONReadable where Key: MemberName, Value: JSONReadable {
    /// Takes objects; a member that is refused is left out.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> [Key: Value]? {
        guard case .object(let members) = value else { return reader.refuse("must be an object, not \(value.shown)") }
        var result: [Key: Value] = [:]
        result.reserveCapacity(members.count)
        let issues = reader.issueCount
        for (name, value) in members {
            reader.within(.key(name)) {
                if let element = Value.read(value, by: reader) { result[Key(memberName: name)] = element }
            }
        }
        reader.sortIssues(from: issues)
        return result
    }
}

/// What can be the key of an object's member.
public protocol MemberName: Hashable {
    /// The key from a member's name.
    init(memberName: String)
}

extension String: MemberName {
    /// The name itself.
    public init(memberName: String) { self = memberName }
}

extension JSONReadable where Self: RawRepresentable<String> & CaseIterable {
    /// Takes the names of the cases.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Self? {
        guard let text = String.read(value, by: reader) else { return nil }
        if let known = Self(rawValue: text) { return known }
        let names = allCases.map(\.rawValue)
        let hint = NearestName.of(text, among: names).map { "; did you mean \($0)?" } ?? ""
        let list = names.dropLast().joined(separator: ", ") + (names.count > 1 ? " or " : "") + (names.last ?? "")
        return reader.refuse("must be \(list), not \(JSONValue.shown(text))\(hint)")
    }
}
