import Synchronization

/// zlib's states, which are large and slow to make, between one message and the next.
final class DeflatePool: Sendable {
    private struct Idle {
        var deflaters: [Deflater] = []
        var inflaters: [Inflater] = []
    }

    /// Of each kind: about as many as there are event loops, each of which works on one message at a time.
    private static let maximumIdle = 8

    let level: Int
    private let idle = Mutex(Idle())

    init(level: Int) {
        self.level = level
    }

    func takeDeflater(windowBits: Int) -> Deflater {
        let idle = idle.withLock { idle -> Deflater? in
            guard let index = idle.deflaters.lastIndex(where: { $0.windowBits == windowBits }) else { return nil }
            return idle.deflaters.remove(at: index)
        }
        return idle ?? Deflater(windowBits: windowBits, level: level)
    }

    func giveBack(_ deflater: Deflater) {
        deflater.reset()
        idle.withLock { idle in
            if idle.deflaters.count < Self.maximumIdle { idle.deflaters.append(deflater) }
        }
    }

    func takeInflater() -> Inflater {
        idle.withLock { $0.inflaters.popLast() } ?? Inflater()
    }

    func giveBack(_ inflater: Inflater) {
        inflater.reset()
        idle.withLock { idle in
            if idle.inflaters.count < Self.maximumIdle { idle.inflaters.append(inflater) }
        }
    }
}
