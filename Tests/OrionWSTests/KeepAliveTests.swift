import NIOCore
import Testing

@testable import OrionWS

@Suite struct KeepAliveTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func at(_ seconds: Double) -> NIODeadline { start + .seconds(seconds) }

    private func make() -> KeepAlive {
        KeepAlive(interval: .seconds(2.5), timeout: .seconds(10.0), at: start)
    }

    /// Lets every deadline before the time fire, with a ping where one is due; the time at which it called for the end.
    private func run(_ keepAlive: inout KeepAlive, until end: Double, answers: (UInt64) -> Bool) -> Double? {
        while let deadline = keepAlive.nextDeadline, deadline <= at(end) {
            switch keepAlive.timerFired(at: deadline) {
            case .nothing: return nil
            case .ping:
                let number = keepAlive.pinged(at: deadline)
                if answers(number) {
                    keepAlive.frameCame(at: deadline)
                    #expect(keepAlive.ponged(number) == true)
                }
            case .silent: return Double((deadline - start).nanoseconds) / 1e9
            }
        }
        return nil
    }

    @Test func aPeerThatAnswersLives() {
        var keepAlive = make()
        #expect(run(&keepAlive, until: 100) { _ in true } == nil)
        #expect(keepAlive.silence(at: at(100)) == 0)
    }

    @Test func silenceBeginsWithTheLastFrameWhereThatIsOlder() {
        var keepAlive = make()
        #expect(run(&keepAlive, until: 100) { _ in false } == 10)
        #expect(keepAlive.silence(at: at(10)) == 10)
    }

    /// It is heard, but does not hear.
    @Test func aLineCutInOneDirectionCounts() {
        var keepAlive = make()
        #expect(run(&keepAlive, until: 2.5) { _ in false } == nil)
        for second in stride(from: 3.0, to: 12.5, by: 0.5) {
            keepAlive.frameCame(at: at(second))
            #expect(run(&keepAlive, until: second) { _ in false } == nil)
        }
        #expect(run(&keepAlive, until: 100) { _ in false } == 12.5)
    }

    @Test func aPongAnswersThePingsBeforeIt() {
        var keepAlive = make()
        #expect(run(&keepAlive, until: 7.5) { _ in false } == nil)
        keepAlive.frameCame(at: at(8))
        #expect(keepAlive.ponged(2) == true)
        // The third, of 7.5 s, is the first that is unanswered now.
        #expect(keepAlive.silence(at: at(9.5)) == 2)
        #expect(keepAlive.ponged(4) == false)
        #expect(keepAlive.ponged(0) == false)
        #expect(run(&keepAlive, until: 100) { _ in false } == 17.5)
    }

    /// The peer cannot have answered what stands in our own queue.
    @Test func aPingThatHasNotLeftIsNotUnanswered() {
        var keepAlive = make()
        #expect(run(&keepAlive, until: 5) { _ in false } == nil)
        keepAlive.moved(after: at(9))
        #expect(keepAlive.silence(at: at(9)) == 2.5)
        keepAlive.moved(after: at(12))
        #expect(keepAlive.silence(at: at(12)) == 2.5)
        keepAlive.left(2, at: at(13))
        #expect(keepAlive.silence(at: at(13)) == 2.5)
        // It has left: what moves behind it says nothing any more.
        keepAlive.moved(after: at(20))
        #expect(keepAlive.silence(at: at(20)) == 9.5)
        #expect(run(&keepAlive, until: 100) { _ in false } == 20.5)
    }

    @Test func whatNeverMovesIsSilence() {
        var keepAlive = make()
        #expect(run(&keepAlive, until: 5) { _ in false } == nil)
        keepAlive.moved(after: at(5))
        #expect(run(&keepAlive, until: 100) { _ in false } == 12.5)
    }

    /// What moved before the ping was asked, and perhaps not since, says nothing of it; nor does it take back a frame.
    @Test func whatMovedBeforeSaysNothing() {
        var keepAlive = make()
        #expect(run(&keepAlive, until: 5) { _ in false } == nil)
        keepAlive.frameCame(at: at(8))
        keepAlive.moved(after: at(2))
        #expect(keepAlive.silence(at: at(9)) == 6.5)
        keepAlive.moved(after: at(4))
        #expect(keepAlive.silence(at: at(9)) == 5)
    }

    /// Nearly always it leaves at once.
    @Test func aPingThatLeavesAtOnceChangesNothing() {
        var keepAlive = make()
        let number = keepAlive.pinged(at: at(2.5))
        keepAlive.left(number, at: at(2.5))
        keepAlive.moved(after: at(9))
        #expect(run(&keepAlive, until: 100) { _ in false } == 10)
    }

    @Test func aPingThatIsDueSoonMayGoAlong() {
        var keepAlive = make()
        #expect(!keepAlive.isPingNear(at: at(1.25)))
        #expect(keepAlive.isPingNear(at: at(1.5)))
        _ = keepAlive.pinged(at: at(1.5))
        #expect(!keepAlive.isPingNear(at: at(2.5)))
        #expect(keepAlive.nextDeadline == at(4))
        keepAlive.suspend()
        #expect(!keepAlive.isPingNear(at: at(4)))
        #expect(!KeepAlive(interval: nil, timeout: .seconds(1.0), at: start).isPingNear(at: at(9)))
    }

    @Test func unreadIsNotSilent() {
        var keepAlive = make()
        #expect(run(&keepAlive, until: 5) { _ in false } == nil)
        keepAlive.suspend()
        #expect(keepAlive.nextDeadline == nil)
        #expect(keepAlive.silence(at: at(60)) == 0)
        keepAlive.resume(at: at(60))
        #expect(keepAlive.silence(at: at(63)) == 3)
        #expect(run(&keepAlive, until: 100) { _ in false } == 70)
    }

    @Test func ourOwnStandstillIsNobodysSilence() {
        var keepAlive = make()
        #expect(run(&keepAlive, until: 5) { _ in false } == nil)
        keepAlive.stoodStill(for: .seconds(20.0), at: at(27.5))
        #expect(keepAlive.timerFired(at: at(27.5)) == .ping)
        #expect(keepAlive.silence(at: at(27.5)) == 7.5)
        keepAlive.frameCame(at: at(27.6))
        #expect(keepAlive.ponged(2) == true)
        #expect(keepAlive.silence(at: at(27.6)) == 0)
    }

    @Test func keepsFewPings() {
        var keepAlive = KeepAlive(interval: .seconds(1.0), timeout: nil, at: start)
        #expect(run(&keepAlive, until: 1000) { _ in false } == nil)
        #expect(keepAlive.silence(at: at(1000)) == 1000)
        keepAlive.frameCame(at: at(1000))
        #expect(keepAlive.ponged(1) == true)
        #expect((1..<20).contains(keepAlive.silence(at: at(1000))))
    }

    @Test func timesCanChange() {
        var keepAlive = KeepAlive(interval: nil, timeout: nil, at: start)
        #expect(keepAlive.nextDeadline == nil)
        keepAlive.set(interval: .seconds(1.0), timeout: .seconds(4.0), at: at(50))
        #expect(run(&keepAlive, until: 100) { $0 < 3 } == 56)
    }
}
