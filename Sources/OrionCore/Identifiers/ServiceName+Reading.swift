extension ServiceName {
    /// Takes any identifier; in the strict manner it has to be a DNS label of at most 56 characters.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> ServiceName? {
        guard let text = String.read(value, by: reader) else { return nil }
        let limit = reader.isStrict ? Limits.nameLength : 256
        guard !text.isEmpty, text.utf8.count <= limit, !text.hasControlCharacters else {
            return reader.refuse("must be 1 to \(limit) characters, not \(JSONValue.shown(text))")
        }
        guard !reader.isStrict || isLabel(text) else {
            let hint = suggestion(for: text).map { "; did you mean \($0)?" } ?? ""
            return reader.refuse(
                "must be lower-case letters, digits and hyphens, with a letter or digit at both ends, not "
                    + "\(JSONValue.shown(text))\(hint)")
        }
        return ServiceName(rawValue: text)
    }

    private static func isLabel(_ text: String) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return text.utf8.allSatisfy { $0.isLowerCaseOrDigit || $0 == hyphen } && text.utf8.first != hyphen
            && text.utf8.last != hyphen
    }

    /// The label that someone may have meant; nil where nothing is left of the text.
    private static func suggestion(for text: String) -> String? {
        var label: [UInt8] = []
        for byte in text.lowercased().utf8 {
            if byte.isLowerCaseOrDigit {
                label.append(byte)
            } else if let last = label.last, last != UInt8(ascii: "-") {
                label.append(UInt8(ascii: "-"))
            }
        }
        if label.last == UInt8(ascii: "-") { label.removeLast() }
        return label.isEmpty ? nil : String(decoding: label, as: UTF8.self)
    }
}

extension UInt8 {
    /// Whether it is one of `a` to `z` and `0` to `9` in ASCII.
    fileprivate var isLowerCaseOrDigit: Bool { isDigit || (self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z")) }
}
