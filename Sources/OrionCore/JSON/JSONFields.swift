// Rounding is a call into libm on some machines, and a program is linked with that only where something imports it.
internal import Glibc

/// The members of an object as they are read, one field after the other.
///
/// A member that is null is taken as one that is not there.
public struct JSONFields {
    private let members: [String: JSONValue]
    let reader: JSONReader
    /// Every name asked for, to tell the unknown ones.
    private var known: [String] = []
    /// How many of the members were asked for: if all were, none is unknown.
    private var found = 0

    init(members: [String: JSONValue], reader: JSONReader) {
        self.members = members
        self.reader = reader
    }

    /// Reads a field by hand; false, and the body is not called, where it is not there.
    @discardableResult
    public mutating func with(_ name: String, _ body: (JSONValue) -> Void) -> Bool {
        guard let value = take(name) else { return false }
        reader.within(.key(name)) { body(value) }
        return true
    }

    /// Reads a field over its default.
    public mutating func read<Value: JSONReadable>(_ name: String, into target: inout Value) {
        guard let value = take(name) else { return }
        reader.within(.key(name)) {
            if let result = Value.read(value, by: reader) { target = result }
        }
    }

    /// Reads a field that need not be there.
    public mutating func read<Value: JSONReadable>(_ name: String, into target: inout Value?) {
        guard let value = take(name) else { return }
        reader.within(.key(name)) {
            if let result = Value.read(value, by: reader) { target = result }
        }
    }

    /// Reads a field that has to be there; nil where it is not or is refused, after the reader was told.
    public mutating func required<Value: JSONReadable>(
        _ name: String, _ type: Value.Type = Value.self, hint: String = ""
    ) -> Value? {
        guard let value = take(name) else {
            reader.missing(name, hint: hint)
            return nil
        }
        return reader.within(.key(name)) { Value.read(value, by: reader) }
    }

    /// Reads a number over its default; in the strict manner it has to lie in `range`.
    public mutating func read<Number: JSONReadable & BoundedNumber>(
        _ name: String, into target: inout Number, in range: ClosedRange<Number>
    ) {
        var number: Number?
        read(name, into: &number, in: range)
        if let number { target = number }
    }

    /// Reads a number that need not be there; in the strict manner it has to lie in `range`.
    public mutating func read<Number: JSONReadable & BoundedNumber>(
        _ name: String, into target: inout Number?, in range: ClosedRange<Number>
    ) {
        guard let value = take(name) else { return }
        reader.within(.key(name)) {
            guard let number = Number.read(value, by: reader) else { return }
            if reader.isStrict, !range.contains(number) {
                reader.refuse(
                    "must be from \(range.lowerBound.text) to \(range.upperBound.text), not \(number.text)", Never.self)
            }
            target = number
        }
    }

    /// Reads a field that has one value alone; in the strict manner it has to be there.
    mutating func literal(_ name: String, _ expected: String) {
        guard let value = take(name) else {
            if reader.isStrict {
                reader.within(.key(name)) { reader.note("\(name) is missing: write \(name): \(expected)") }
            }
            return
        }
        if value == .string(expected) { return }
        reader.within(.key(name)) { reader.note("\(name) must be \(expected), not \(value.shown)") }
    }

    /// The value of a member that is there and not null.
    private mutating func take(_ name: String) -> JSONValue? {
        if reader.isStrict { known.append(name) }
        guard let value = members[name] else { return nil }
        found += 1
        return value == .null ? nil : value
    }

    /// In the strict manner: refuses each member that was not asked for.
    func refuseUnknown() {
        guard reader.isStrict, found < members.count else { return }
        let names = Set(known)
        let unknown = members.keys.filter { !names.contains($0) }.sorted()
        // Beyond what is kept of a document, the nearest names would only cost.
        let kept = reader.room(for: unknown.count)
        for name in unknown[..<kept] {
            let hint = NearestName.of(name, among: known).map { "; did you mean \($0)?" }
            reader.within(.key(name)) {
                reader.note("unknown field \(JSONValue.shown(name))\(hint ?? ": the fields here are \(list)")")
            }
        }
        reader.noteMore(unknown.count - kept)
    }

    private var list: String { known.isEmpty ? "none" : known.joined(separator: ", ") }
}

/// A number that a range can bound.
public protocol BoundedNumber: Comparable {
    /// The number as a message shows it.
    var text: String { get }
}

extension Int: BoundedNumber {
    /// The digits.
    public var text: String { String(self) }
}

extension Double: BoundedNumber {
    /// The digits, without a fraction where there is none.
    public var text: String { self == rounded() && abs(self) < 1e15 ? String(Int64(self)) : String(self) }
}
