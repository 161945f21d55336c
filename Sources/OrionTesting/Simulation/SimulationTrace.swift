/// What happened: a hash of all of it, which tells two runs apart, and the last events as text where someone wants to read.
struct SimulationTrace {
    /// How many events are kept as text.
    let linesKept: Int
    /// FNV-1a over the numbers of every event.
    private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    private var kept: [String] = []

    init(linesKept: Int) { self.linesKept = linesKept }

    /// The last events, oldest first.
    var lines: [String] { Array(kept.suffix(linesKept)) }

    mutating func mix(_ number: Int64) {
        hash = (hash ^ UInt64(bitPattern: number)) &* 0x100_0000_01b3
    }

    mutating func note(_ time: Int64, _ numbers: Int64..., text: @autoclosure () -> String) {
        mix(time)
        for number in numbers { mix(number) }
        guard linesKept > 0 else { return }
        kept.append("\(Self.seconds(time)) \(text())")
        if kept.count > 4 * linesKept { kept.removeFirst(2 * linesKept) }
    }

    /// The text of an event that is in the hash already.
    mutating func remark(_ time: Int64, _ text: @autoclosure () -> String) {
        if linesKept > 0 { kept.append("\(Self.seconds(time)) \(text())") }
    }

    private static func seconds(_ time: Int64) -> String {
        let microseconds = String(time % 1_000_000_000 / 1000)
        let padding = String(repeating: "0", count: 6 - microseconds.count)
        return "\(time / 1_000_000_000).\(padding)\(microseconds)"
    }
}
