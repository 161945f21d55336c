/// What a session needs of a WebSocket; a test has its own.
protocol AgentSocket: AnyObject, Sendable {
    @discardableResult
    func send(text: [UInt8]) -> Bool
    /// Bytes that were sent and that the system has not taken.
    var waitingBytes: Int { get }
    func close(code: UInt16, reason: String)
    func setKeepAlive(pingIntervalSeconds: Double?, silenceTimeoutSeconds: Double?)
    func ping(within seconds: Double, _ answered: @escaping @Sendable (Bool) -> Void)
    func pauseReading()
    func resumeReading()
}
