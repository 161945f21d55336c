extension String {
    /// The text without anything that would move a terminal's cursor or change its colours.
    ///
    /// Names and messages come from other machines: an escape sequence in them must not reach the terminal.
    var printable: String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n", "\t", "\r": text.append(" ")
            case _ where scalar.isControl: text.append("\u{FFFD}")
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// The columns that the text takes on a terminal.
    var displayedWidth: Int { reduce(0) { $0 + $1.displayedWidth } }

    /// The text cut to so many columns, with an ellipsis where something is left out.
    func cut(to columns: Int) -> String {
        guard displayedWidth > columns else { return self }
        guard columns > 0 else { return "" }
        var text = ""
        var width = 0
        for character in self {
            guard width + character.displayedWidth <= columns - 1 else { break }
            text.append(character)
            width += character.displayedWidth
        }
        return text + "…"
    }
}

extension Character {
    /// 0 for what joins the character before, 2 for East Asian wide characters and emoji, else 1.
    var displayedWidth: Int {
        guard let first = unicodeScalars.first else { return 0 }
        if unicodeScalars.contains(where: { $0.properties.isEmojiPresentation || $0.value == 0xFE0F }) { return 2 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return first.isWide ? 2 : 1
        }
    }
}

extension Unicode.Scalar {
    /// C0, C1 and DEL, and the marks that turn the direction of what follows.
    fileprivate var isControl: Bool {
        value < 0x20 || (0x7F...0x9F).contains(value) || (0x202A...0x202E).contains(value)
            || (0x2066...0x2069).contains(value)
    }

    /// East Asian Width W and F (UAX #11), by block.
    fileprivate var isWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
