import OrionCore
import OrionScheduler
import OrionWS

/// What an agent's connection may say, and when: synchronous, without I/O. It sees frames, returns what to do.
///
/// The first frame is a hello, in time; the node's id never changes; nothing is taken once the session is being ended.
struct SessionMachine {
    /// What to do about a frame; large ones lie elsewhere (`indirect`).
    enum Action {
        /// The agent introduced itself: a session begins.
        indirect case join(Hello)
        /// Something for the engine.
        case deliver(SessionEvent)
        /// A heartbeat for the engine, which is to know when it came.
        case heartbeat(Heartbeat)
        /// A piece of a replica's output.
        indirect case log(LogChunk)
        /// Another hello, for the engine.
        indirect case rejoin(Hello)
        /// A frame that this version cannot take, and that is no offence.
        case ignore(reason: String)
        /// The agent broke a rule.
        case close(code: UInt16, reason: String)
        /// Nothing.
        case none
    }

    private enum Phase {
        case silent
        case joined(NodeID)
        case ended
    }

    private var phase = Phase.silent

    /// The node whose session this is.
    var node: NodeID? {
        guard case .joined(let node) = phase else { return nil }
        return node
    }

    /// Whether the session is being ended: what would be sent now has nobody to read it.
    var isEnded: Bool {
        guard case .ended = phase else { return false }
        return true
    }

    /// A text frame came.
    mutating func received(text bytes: Span<UInt8>) -> Action {
        if case .ended = phase { return .none }
        do throws(OrionError) {
            return took(try AgentMessage(json: bytes).bounded())
        } catch {
            return end(error.code.closeCode, error.message)
        }
    }

    /// A binary frame came.
    mutating func receivedBinary() -> Action {
        if case .ended = phase { return .none }
        return end(WebSocketCloseCode.unsupportedData, "Binary frames are not taken; send JSON in text frames.")
    }

    /// The time for a hello is over.
    mutating func helloIsDue() -> Action {
        guard case .silent = phase else { return .none }
        return end(CloseCode.noHello, "No hello came in time.")
    }

    /// The session is being ended, by whomever.
    mutating func ended() { phase = .ended }

    private mutating func took(_ message: AgentMessage) -> Action {
        switch (phase, message) {
        case (.ended, _):
            return .none
        case (.silent, .hello(let hello)):
            phase = .joined(hello.nodeId)
            return .join(hello)
        case (.silent, _):
            return end(CloseCode.noHello, "The first frame must be a hello.")
        case (.joined(let node), .hello(let hello)):
            guard hello.nodeId == node else {
                let (old, new) = (quoted(node.rawValue), quoted(hello.nodeId.rawValue))
                return end(CloseCode.invalidPayload, "nodeId changed from \(old) to \(new) within a session.")
            }
            return .rejoin(hello)
        case (.joined, .heartbeat(let heartbeat)): return .heartbeat(heartbeat)
        case (.joined, .status(let status)): return .deliver(.status(status))
        case (.joined, .leaving): return .deliver(.leaving)
        case (.joined, .goodbye): return .deliver(.goodbye)
        case (.joined, .log(let chunk)): return .log(chunk)
        case (.joined, .unknown(let type)): return .ignore(reason: "unknown type \(quoted(type))")
        case (.joined, .ignored(let reason)): return .ignore(reason: reason)
        }
    }

    private mutating func end(_ code: UInt16, _ reason: String) -> Action {
        phase = .ended
        return .close(code: code, reason: reason)
    }
}
