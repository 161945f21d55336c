/// A line of progress for each thing that is waited for: redrawn in place on a terminal, else written when it says something new.
struct ProgressBoard {
    private let style: Style
    private let isRedrawn: Bool
    private let names: [String]
    private let nameWidth: Int
    private var shown: [String] = []

    init(names: [String], style: Style, isRedrawn: Bool) {
        self.names = names.map(\.printable)
        self.style = style
        self.isRedrawn = isRedrawn
        nameWidth = self.names.map(\.displayedWidth).max() ?? 0
    }

    /// The text to write for the present progress of each, in the order of their names; `width` is that of the terminal.
    mutating func update(_ progress: [Progress], width: Int?) -> String {
        let lines = zip(names, progress).map { line($0, $1, width: isRedrawn ? width : nil) }
        defer { shown = lines }
        guard isRedrawn else {
            let news = lines.indices.filter { !shown.indices.contains($0) || shown[$0] != lines[$0] }
            return news.map { lines[$0] + "\n" }.joined()
        }
        guard lines != shown else { return "" }
        let up = shown.isEmpty ? "" : "\u{1B}[\(shown.count)A"
        return up + lines.map { "\u{1B}[2K\($0)\n" }.joined()
    }

    private func line(_ name: String, _ progress: Progress, width: Int?) -> String {
        let (mark, tone): (String, Style.Tone) =
            switch progress {
            case .waiting: ("·", .attention)
            case .settled: ("✓", .good)
            case .impossible: ("✗", .bad)
            }
        let padding = String(repeating: " ", count: max(0, nameWidth - name.displayedWidth))
        var text = progress.text.printable
        if let width { text = text.cut(to: width - nameWidth - 5) }
        return style.paint(mark, tone) + " " + style.paint(name, .strong) + padding + "  " + text
    }
}
