extension JSONParser {
    /// What is wrong at the position, with its line and column.
    func failure(_ message: String) -> OrionError {
        var line = 1
        var column = 1
        for index in 0..<position {
            let byte = bytes[index]
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        let sentence = "line \(line), column \(column): \(message)"
        return OrionError(
            .malformed, "not JSON: \(sentence)", issues: [ConfigurationIssue(path: [], message: sentence)])
    }

    /// The character at the position, as a message shows it.
    var shownByte: String {
        guard let byte = current else { return "the end of the text" }
        guard byte > 0x20, byte < 0x7F else {
            return byte < 0x80 ? "the character U+\(hexadecimal(byte))" : "a character outside of ASCII"
        }
        return "`\(Character(Unicode.Scalar(byte)))`"
    }

    private func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
