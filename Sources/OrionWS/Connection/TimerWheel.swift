import NIOCore

/// Timers of one event loop, kept by the time at which they are due: a ring of slots, of which the loop visits the one whose
/// time has come (Varghese and Lauck, Hashed and Hierarchical Timing Wheels, 1987).
///
/// A timer fires within a slot's time after it is due; one beyond the ring fires at its end, early, and is to be set anew.
/// None can be taken back: who is called has to know whether it still waits.
final class TimerWheel {
    /// What a slot holds.
    typealias Timer = any NIOScheduledCallbackHandler

    static let slotTime = TimeAmount.milliseconds(100)
    private static let slotCount = 64

    private let eventLoop: any EventLoop
    private var slots: [[Timer]] = Array(repeating: [], count: slotCount)
    /// The slot that is next to be visited, counted from the loop's beginning of time.
    private var next: Int64 = 0
    private var count = 0
    /// When the loop visits us; in slots.
    private var visit: Int64?

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        next = Self.slot(of: eventLoop.now)
    }

    /// Calls the timer back once the time has come; gives when that is at the earliest.
    func add(_ timer: Timer, at deadline: NIODeadline) -> NIODeadline {
        if count == 0 { next = max(next, Self.slot(of: eventLoop.now)) }
        // The first slot that begins when it is due, or after that.
        let due = Self.slot(of: deadline + Self.slotTime - .nanoseconds(1))
        let slot = min(max(due, next), next + Int64(Self.slotCount) - 1)
        slots[Int(slot % Int64(Self.slotCount))].append(timer)
        count += 1
        schedule(slot)
        return min(deadline, Self.time(of: slot))
    }

    private func schedule(_ slot: Int64) {
        if let visit, visit <= slot { return }
        visit = slot
        let isolated = eventLoop.assumeIsolated()
        _ = try? isolated.scheduleCallback(at: Self.time(of: slot), handler: self)
    }

    private static func slot(of time: NIODeadline) -> Int64 {
        Int64(time.uptimeNanoseconds) / slotTime.nanoseconds
    }

    private static func time(of slot: Int64) -> NIODeadline {
        .uptimeNanoseconds(UInt64(slot * slotTime.nanoseconds))
    }
}

extension TimerWheel {
    /// Takes out what is due in the slot `now`. Those that are added from now on go into slots behind, however long the loop stood still.
    func takeDue(at now: Int64) -> [Timer] {
        guard next <= now else { return [] }
        var due: [Timer] = []
        for slot in next...min(now, next + Int64(Self.slotCount) - 1) {
            let index = Int(slot % Int64(Self.slotCount))
            due += slots[index]
            slots[index] = []
        }
        count -= due.count
        next = now + 1
        return due
    }
}

extension TimerWheel: NIOScheduledCallbackHandler {
    func handleScheduledCallback(eventLoop: some EventLoop) {
        let now = Self.slot(of: self.eventLoop.now)
        // One that an earlier visit has made needless.
        guard let visit, visit <= now else { return }
        self.visit = nil
        for timer in takeDue(at: now) { timer.handleScheduledCallback(eventLoop: eventLoop) }
        guard count > 0 else { return }
        let ahead = (0..<Int64(Self.slotCount)).first { !slots[Int((next + $0) % Int64(Self.slotCount))].isEmpty }
        if let ahead { schedule(next + ahead) }
    }
}
