import NIOCore

/// Pings that the owner asks for.
extension WebSocketChannelHandler {
    func setKeepAlive(_ interval: Double?, _ timeout: Double?) {
        machine.setKeepAlive(interval: interval, timeout: timeout, at: eventLoop.now)
        armTimer()
    }

    func probe(within seconds: Double, _ answered: @escaping @Sendable (Bool) -> Void) {
        guard machine.isOpen else { return answered(false) }
        let now = eventLoop.now
        // What moved before does not speak for the peer now.
        noteProgress(at: now)
        nextProbe += 1
        probes[nextProbe] = answered
        sendPing(machine.probed(nextProbe, within: seconds, at: now))
        armTimer()
    }

    func report(_ ids: [Int], _ isAlive: Bool) {
        for id in ids { probes.removeValue(forKey: id)?(isAlive) }
    }
}
