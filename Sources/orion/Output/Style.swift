/// Colours, where they are wanted.
struct Style: Sendable {
    /// What a piece of text means, which decides its colour.
    enum Tone: String, Sendable {
        case plain = ""
        case good = "32"
        case attention = "33"
        case bad = "31"
        case faint = "2"
        case strong = "1"
    }

    var isColored: Bool

    /// The text in the colour of its meaning.
    func paint(_ text: String, _ tone: Tone) -> String {
        guard isColored, tone != .plain, !text.isEmpty else { return text }
        return "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m"
    }

    /// The text in one of some colours, so that things of a kind can be told apart; red is for what is bad.
    func paint(_ text: String, as number: Int) -> String {
        guard isColored, !text.isEmpty else { return text }
        let colours = ["36", "33", "35", "32", "34", "96", "93", "95", "92", "94"]
        return "\u{1B}[\(colours[number % colours.count])m\(text)\u{1B}[0m"
    }
}
