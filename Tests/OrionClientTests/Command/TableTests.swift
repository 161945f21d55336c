import OrionCore
import Testing

@testable import orion

@Suite struct TableTests {
    private let plain = Style(isColored: false)

    @Test func `columns stand by displayed width, numbers at the right, nothing trails`() {
        var table = Table(columns: [.init("NAME"), .init("N", isNumber: true), .init("MESSAGE")])
        table.rows = [["日本", "7", ""], ["é", "1234", "ok"]]
        #expect(
            table.lines(plain) == [
                "NAME     N  MESSAGE",
                "日本     7",
                "é     1234  ok",
            ])
    }

    @Test func `an escape sequence in a name does not reach the terminal`() {
        var table = Table(columns: [.init("NAME")])
        table.rows = [["\u{1B}[31mred\u{1B}[0m\nnext\u{202E}"]]
        #expect(table.lines(plain)[1] == "\u{FFFD}[31mred\u{FFFD}[0m next\u{FFFD}")
    }

    @Test func `lines are cut to the terminal's width`() {
        var table = Table(columns: [.init("A"), .init("B")])
        table.rows = [["one", "a long message"]]
        #expect(table.lines(plain, width: 10) == ["A    B", "one  a lo…"])
        #expect(table.lines(plain, width: 3) == ["A", "one"])
    }

    @Test func `colours do not count as width`() {
        var table = Table(columns: [.init("A"), .init("B")])
        table.rows = [[.init("x", .good), "y"]]
        #expect(table.lines(Style(isColored: true))[1] == "\u{1B}[32mx\u{1B}[0m  y")
    }

    @Test(arguments: [("abc", 3), ("日本語", 6), ("e\u{301}", 1), ("👩‍👩‍👧", 2), ("", 0), ("✓", 1), ("한국", 4)])
    func `displayed width`(text: String, width: Int) {
        #expect(text.displayedWidth == width)
    }

    @Test(arguments: [
        (0, "0s"), (119_999, "119s"), (120_000, "2m"), (7_199_999, "119m"), (7_200_000, "2h"), (172_800_000, "2d"),
        (-5_000, "0s"),
    ])
    func `ages have one unit`(milliseconds: Int64, text: String) {
        let now = Timestamp(milliseconds: 1_000_000_000_000)
        #expect(Age.text(since: Timestamp(milliseconds: now.milliseconds - milliseconds), now: now) == text)
    }
}
