extension Timestamp: JSONReadable {
    /// Milliseconds before and after 1970 within the years that calendars have.
    static let maximumMagnitude = 8_640_000_000_000_000

    /// Takes numbers within the years that calendars have (± 8.64e15 ms), a fraction of a millisecond left out.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Timestamp? {
        guard let milliseconds = Double.read(value, by: reader) else { return nil }
        guard abs(milliseconds) <= Double(maximumMagnitude) else {
            return reader.refuse("must be milliseconds since 1970, not \(value.shown)")
        }
        return Timestamp(milliseconds: Int64(milliseconds.rounded(.down)))
    }
}

extension Fence: JSONReadable {
    /// Takes whole numbers from 0.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Fence? {
        guard let number = Int.read(value, by: reader) else { return nil }
        guard number >= 0 else { return reader.refuse("must not be negative, not \(number)") }
        return Fence(rawValue: UInt64(number))
    }
}
