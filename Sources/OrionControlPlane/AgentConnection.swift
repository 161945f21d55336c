public import OrionCore

/// What an agent's connection is to the control plane: the gateway's end of a socket, or an agent in the same process.
///
/// None of these may block. They are called from any thread, never two of one connection at a time but for
/// `pauseReading` and `resumeReading`, which alternate and come in order.
public protocol AgentConnection: AnyObject, Sendable {
    /// Sends a message, after those sent before; false where the connection has ended and nothing is sent any more.
    func send(_ message: ControlMessage) -> Bool
    /// Closes with a WebSocket close code and a reason; `SessionEvent.closed` is to follow.
    func close(code: UInt16, reason: String)
    /// Pings, and answers with `SessionEvent.probed(isAlive:)` within two seconds.
    func probe()
    /// Reads nothing more from the agent for now: the control plane takes no more in. A few events that were read before
    /// may still follow. It is not silence.
    func pauseReading()
    /// Reads on.
    func resumeReading()
}
