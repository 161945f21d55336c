extension Amount: JSONReadable {
    /// Takes a number or a percentage such as `"25%"`.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Amount? {
        let counts = ServiceSpecification.replicaCounts
        switch value {
        case .integer(let number) where !reader.isStrict || counts.contains(Int(number)): return .count(Int(number))
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
            "must be a number from \(counts.lowerBound) to \(counts.upperBound) or a percentage from \"0%\" to \"100%\", "
                + "not \(value.shown)")
    }
}
