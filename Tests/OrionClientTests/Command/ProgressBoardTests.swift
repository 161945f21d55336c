import Testing

@testable import orion

@Suite struct ProgressBoardTests {
    @Test func `in a file each new state is one line`() {
        var board = ProgressBoard(names: ["web", "api-users"], style: Style(isColored: false), isRedrawn: false)
        let first: [Progress] = [.waiting("0/3 ready"), .settled("1/1 ready")]
        #expect(board.update(first, width: nil) == "· web        0/3 ready\n✓ api-users  1/1 ready\n")
        #expect(board.update(first, width: nil) == "")
        let second: [Progress] = [.impossible("it failed"), .settled("1/1 ready")]
        #expect(board.update(second, width: nil) == "✗ web        it failed\n")
    }

    @Test func `on a terminal the lines are drawn again, cut so that none wraps`() {
        var board = ProgressBoard(names: ["web"], style: Style(isColored: false), isRedrawn: true)
        #expect(board.update([.waiting("0/3 ready")], width: 12) == "\u{1B}[2K· web  0/3…\n")
        #expect(board.update([.settled("3/3")], width: 12) == "\u{1B}[1A\u{1B}[2K✓ web  3/3\n")
    }
}
