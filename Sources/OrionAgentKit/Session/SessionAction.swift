package import OrionCore

/// What the session's machine wants done.
package enum SessionAction: Sendable {
    /// Say who this is and what runs here; statuses follow it.
    case sayHello
    /// Ping this often, and close after this much silence.
    case keepAlive(pingSeconds: Double, silenceSeconds: Double)
    /// Send a heartbeat now, and one each so many seconds.
    case heartbeats(everySeconds: Double)
    /// Remember the cluster, durably.
    case remember(cluster: String)
    case launch(Launch)
    case stop(Stop)
    case update(Update)
    case logs(LogRequest)
    case close(code: UInt16, reason: String)
    /// For the log.
    case warn(String)
}
