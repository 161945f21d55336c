extension Amount: JSONReadable {
    /// Takes a number or a percentage such as `"25%"`.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Amount? {
        switch value {
        case .integer(let number) where !reader.isStrict || (0...10_000).contains(number): return .count(Int(number))
        case .string(let text):
            let digits = text.dropLast()
            if text.hasSuffix("%"), digits.utf8.allSatisfy(\.isDigit), let percent = Int(digits),
                (0...100).contains(percent)
            {
                return .percent(percent)
            }
        default: break
        }
        return reader.refuse(
            "must be a number from 0 to 10000 or a percentage from \"0%\" to \"100%\", not \(value.shown)")
    }
}
