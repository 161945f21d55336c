import NIOCore
import Synchronization

/// The timers of many sockets, for configurations that share it: each event loop gets one wheel for all of its sockets, and
/// they fire up to 100 ms late. So a peer that pings as often is mostly heard first, and its pong takes our ping along.
///
/// A loop keeps what it is to do later in a heap, in which each of ten thousand timers costs microseconds, several times a
/// ping interval. A wheel costs the same however many there are.
public final class WebSocketTimers: Sendable {
    private let wheels = Mutex<[ObjectIdentifier: NIOLoopBound<TimerWheel>]>([:])

    /// Without a timer yet.
    public init() {}

    /// The wheel of an event loop; on that loop.
    func wheel(on eventLoop: any EventLoop) -> TimerWheel {
        wheels.withLock { wheels in
            let id = ObjectIdentifier(eventLoop)
            if let wheel = wheels[id] { return wheel }
            let wheel = NIOLoopBound(TimerWheel(eventLoop), eventLoop: eventLoop)
            wheels[id] = wheel
            return wheel
        }.value
    }
}
