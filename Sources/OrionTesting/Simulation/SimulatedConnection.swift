import NIOCore
import OrionControlPlane
import OrionCore
import OrionScheduler
import OrionWS

/// A connection of an agent, from its opening to its end at both sides. A new one is made each time.
struct SimulatedConnection {
    /// One end, and what is on its way to it.
    struct Side {
        enum State {
            case open
            /// It has said that it closes, and reads on.
            case closing
            case closed
        }

        var state = State.open
        var keepAlive: KeepAlive
        var keepAliveToken = 0
        /// When its timer was to fire.
        var keepAliveDue: Int64 = 0
        /// Frames on their way to it, in order.
        var incoming: [SimulatedFrame] = []
        /// When the last of them arrives.
        var lastArrival: Int64 = 0
        /// Arrivals that wait for the line, or for its reader.
        var held = 0
        /// Whether it is not read.
        var isPaused = false
    }

    /// A probe that waits for its answer.
    struct Probe {
        let number: UInt64
    }

    let node: Int
    /// Counts the starts of the node's agent: which of them opened it.
    let life: Int
    /// The life of the control plane that it was opened to.
    let controlLife: Int
    /// The control plane's name for it, once it has said hello.
    var session: SessionID?
    var agent: Side
    var control: Side
    /// Whether the engine has taken its hello.
    var isWelcome = false
    var probe: Probe?
    var lastProbe: UInt64 = 0
    /// When the ping was sent whose answer came last, at the control plane.
    var lastAnsweredPing: Int64
    var pingTimes: [UInt64: Int64] = [:]
    /// When it was opened.
    let openedAt: Int64
    var lastLeasePing: UInt64 = 0
    /// When those of the agent's pings for its leases were sent that are not answered yet.
    var leasePings: [UInt64: Int64] = [:]

    subscript(end: ConnectionEnd) -> Side {
        get { end == .agent ? agent : control }
        _modify { if end == .agent { yield &agent } else { yield &control } }
    }
}

/// What travels on a connection.
enum SimulatedFrame {
    case agent(SessionEvent)
    case control(ControlMessage)
    case ping(UInt64)
    case pong(UInt64)
    case probe(UInt64)
    case probed(UInt64)
    case close
    /// The other end is gone.
    case end

    /// Whether it says something new: those that do are steps.
    var isMessage: Bool {
        switch self {
        case .agent(.heartbeat): false
        case .agent, .control: true
        default: false
        }
    }
}

/// The engine's handle on a connection. It does nothing by itself: the cluster does what the engine wants done.
final class SimulatedHandle: AgentConnection {
    let connection: Int

    init(connection: Int) { self.connection = connection }

    func send(_ message: ControlMessage) -> Bool { false }
    func close(code: UInt16, reason: String) {}
    func probe() {}
    func pauseReading() {}
    func resumeReading() {}
}
