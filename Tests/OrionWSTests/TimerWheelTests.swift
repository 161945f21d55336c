import NIOCore
import NIOEmbedded
import Testing

@testable import OrionWS

@Suite struct TimerWheelTests {
    private final class Bell: NIOScheduledCallbackHandler {
        var rings: [NIODeadline] = []
        private let clock: EmbeddedEventLoop

        init(_ clock: EmbeddedEventLoop) { self.clock = clock }

        func handleScheduledCallback(eventLoop: some EventLoop) { rings.append(clock.now) }
    }

    private let loop = EmbeddedEventLoop()
    private let wheel: TimerWheel

    init() { wheel = TimerWheel(loop) }

    @Test(arguments: [1, 7, 25, 1000] as [Int64]) func ringsOnceItIsDueAndSoonAfter(step: Int64) {
        var bells: [(bell: Bell, due: NIODeadline)] = []
        for _ in 0..<400 {
            let bell = Bell(loop)
            let due = loop.now + .milliseconds(Int64.random(in: 0...3_000))
            #expect(wheel.add(bell, at: due) == due)
            bells.append((bell, due))
            loop.advanceTime(by: .milliseconds(step))
        }
        loop.advanceTime(by: .seconds(4.0))
        for (bell, due) in bells {
            #expect(bell.rings.count == 1)
            #expect(bell.rings.allSatisfy { $0 >= due && $0 <= due + TimerWheel.slotTime })
        }
    }

    @Test func ringsEarlyForWhatIsFarAhead() throws {
        loop.advanceTime(by: .milliseconds(12_345))
        let bell = Bell(loop)
        let at = wheel.add(bell, at: loop.now + .hours(1))
        #expect(at > loop.now + .seconds(6.0))
        loop.advanceTime(by: .seconds(7.0))
        #expect(bell.rings == [at])
        loop.advanceTime(by: .hours(2))
        #expect(bell.rings == [at])
    }

    /// Timers are set anew as they ring: after a standstill they must not ring for each time that they missed.
    @Test func whatIsSetAnewAfterAStandstillIsDueInALaterVisit() {
        let bell = Bell(loop)
        _ = wheel.add(bell, at: .uptimeNanoseconds(2_000_000_000))
        #expect(wheel.takeDue(at: 600).count == 1)
        _ = wheel.add(bell, at: .uptimeNanoseconds(4_000_000_000))
        #expect(wheel.takeDue(at: 600).isEmpty)
        #expect(wheel.takeDue(at: 601).count == 1)
    }

    @Test func ringsAtOnceForWhatIsPast() {
        loop.advanceTime(by: .seconds(100.0))
        let bell = Bell(loop)
        _ = wheel.add(bell, at: .uptimeNanoseconds(5))
        loop.run()
        #expect(bell.rings == [loop.now])
    }
}
