/// Shows a table again whenever it changes: all of it on a terminal, else the rows that are new.
struct Watcher {
    /// A terminal's columns and lines.
    struct Size {
        var columns: Int
        var lines: Int
    }

    private let style: Style
    private var previous: Set<String> = []
    private var noted: String?
    private var hasTitles = false

    init(style: Style) { self.style = style }

    /// The text to write for the table's present state; `size` is the terminal's, nil where there is none.
    mutating func update(_ table: Table, note: String? = nil, on size: Size?) -> String {
        guard let size else { return news(table, note) }
        let room = max(2, size.lines - 2)
        var lines = table.lines(style, width: size.columns)
        if lines.count > room { lines = lines.prefix(room - 1) + ["… \(lines.count - room + 1) more"] }
        if let note { lines.append(style.paint(note, .attention)) }
        // Home, each line over what stood there, and nothing below: no flicker.
        return "\u{1B}[H" + lines.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J"
    }

    private mutating func news(_ table: Table, _ note: String?) -> String {
        let keys = table.stableKeys()
        var lines = table.lines(style)[...]
        var text = ""
        if let titles = lines.popFirst(), !hasTitles { text += titles + "\n" }
        for (key, line) in zip(keys, lines) where !previous.contains(key) { text += line + "\n" }
        if let note, note != noted { text += note + "\n" }
        hasTitles = true
        previous = Set(keys)
        noted = note
        return text
    }
}
