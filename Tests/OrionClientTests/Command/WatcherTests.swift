import Testing

@testable import orion

@Suite struct WatcherTests {
    private var table = Table(columns: [.init("NAME"), .init("STATE"), .init("AGE", isVolatile: true)])
    private var watcher = Watcher(style: Style(isColored: false))

    @Test mutating func `in a file only rows that say something new are written, ages are not news`() {
        table.rows = [["a", "pending", "1s"], ["b", "ready", "1s"]]
        #expect(watcher.update(table, on: nil) == "NAME  STATE    AGE\na     pending  1s\nb     ready    1s\n")
        table.rows = [["a", "ready", "2s"], ["b", "ready", "2s"]]
        #expect(watcher.update(table, on: nil) == "a     ready  2s\n")
        #expect(watcher.update(table, on: nil) == "")
        #expect(watcher.update(table, note: "gone", on: nil) == "gone\n")
        #expect(watcher.update(table, note: "gone", on: nil) == "")
    }

    @Test mutating func `on a terminal everything is drawn in place, and what does not fit is counted`() {
        table.rows = [["a", "ready", "1s"]]
        let drawn = "\u{1B}[HNAME  STATE  AGE\u{1B}[K\na     ready  1s\u{1B}[K\n\u{1B}[J"
        #expect(watcher.update(table, on: Watcher.Size(columns: 80, lines: 24)) == drawn)
        table.rows = (1...9).map { ["\($0)", "ready", "1s"] }
        let small = watcher.update(table, on: Watcher.Size(columns: 80, lines: 6))
        #expect(small.split(separator: "\n").count == 5)
        #expect(small.contains("… 7 more"))
    }
}
