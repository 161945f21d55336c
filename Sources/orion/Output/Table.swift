/// Rows under titles, aligned by displayed width.
struct Table: Sendable {
    /// A column's title, and how its cells stand.
    struct Column: Sendable {
        var title: String
        /// Numbers stand at the right.
        var isNumber = false
        /// Changes by itself as time passes, so that it alone makes no row worth showing again.
        var isVolatile = false

        init(_ title: String, isNumber: Bool = false, isVolatile: Bool = false) {
            self.title = title
            self.isNumber = isNumber
            self.isVolatile = isVolatile
        }
    }

    /// A text and what it means.
    struct Cell: Sendable, ExpressibleByStringInterpolation {
        var text: String
        var tone = Style.Tone.plain

        init(_ text: String, _ tone: Style.Tone = .plain) {
            self.text = text.printable
            self.tone = tone
        }

        init(stringLiteral value: String) { self.init(value) }
    }

    var columns: [Column]
    var rows: [[Cell]] = []

    /// The lines, titles first; each cut to `width` columns where one is given.
    func lines(_ style: Style, width: Int? = nil) -> [String] {
        let all = [columns.map { Cell($0.title, .faint) }] + rows
        let widths = columns.indices.map { index in all.map { $0[index].text.displayedWidth }.max() ?? 0 }
        return all.map { row in line(row, widths, style, limit: width ?? .max) }
    }

    /// What makes a row the same as before: every cell but the volatile ones.
    func stableKeys() -> [String] {
        rows.map { row in
            zip(columns, row).filter { !$0.0.isVolatile }.map(\.1.text).joined(separator: "\u{0}")
        }
    }

    private func line(_ row: [Cell], _ widths: [Int], _ style: Style, limit: Int) -> String {
        var line = ""
        var used = 0
        var spaces = 0
        for (index, cell) in row.enumerated() {
            let padding = widths[index] - cell.text.displayedWidth
            if columns[index].isNumber { spaces += padding }
            if !cell.text.isEmpty {
                guard used + spaces < limit else { break }
                let text = cell.text.cut(to: limit - used - spaces)
                line += String(repeating: " ", count: spaces) + style.paint(text, cell.tone)
                used += spaces + text.displayedWidth
                spaces = 0
            }
            spaces += (columns[index].isNumber ? 0 : padding) + 2
        }
        return line
    }
}
