import Glibc
import OrionCore

/// How much of the machine is used: cpu in percent of one core since the last sample, memory in bytes that programs could
/// not have any more.
struct NodeSampler {
    private let stat = Descriptor.open("/proc/stat", O_RDONLY)
    private let meminfo = Descriptor.open("/proc/meminfo", O_RDONLY)
    private var before: (busyTicks: Double, at: ContinuousClock.Instant)?

    /// The use since the last sample; no cpu in the first.
    mutating func sample(at now: ContinuousClock.Instant) -> Usage {
        let busy = stat.flatMap { Self.busyTicks(Self.read($0)) }
        defer { before = busy.map { ($0, now) } ?? before }
        let cpu: Double
        if let busy, let before {
            let ticksPerSecond = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
            cpu = CPUShare.percent(seconds: (busy - before.busyTicks) / ticksPerSecond, of: now - before.at)
        } else {
            cpu = 0
        }
        return Usage(cpu: cpu, memory: meminfo.flatMap { Self.usedBytes(Self.read($0)) } ?? 0)
    }

    /// Ticks of all cores not spent idle or waiting for a disk, by the first line of `/proc/stat` (proc_stat(5)). Time of
    /// guests is in that of users already.
    static func busyTicks(_ text: some StringProtocol) -> Double? {
        guard let line = text.split(separator: "\n").first, line.hasPrefix("cpu ") else { return nil }
        let ticks = line.split(separator: " ").dropFirst().prefix(8).map { Double($0) ?? 0 }
        guard ticks.count >= 5 else { return nil }
        return ticks.enumerated().reduce(0) { $1.offset == 3 || $1.offset == 4 ? $0 : $0 + $1.element }
    }

    /// All but what is available without swapping.
    static func usedBytes(_ text: some StringProtocol) -> Double? {
        var kilobytes: [Substring: Double] = [:]
        for line in text.split(separator: "\n").prefix(8) {
            let words = line.split(separator: " ")
            if words.count >= 2 { kilobytes[Substring(words[0])] = Double(words[1]) }
        }
        guard let total = kilobytes["MemTotal:"], let available = kilobytes["MemAvailable:"] else { return nil }
        return max(0, total - available) * 1024
    }

    private static func read(_ file: Descriptor) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4096) { buffer in
            let count = pread(file.number, buffer.baseAddress, buffer.count, 0)
            return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
        }
    }
}

/// Processor time as a share of one core.
enum CPUShare {
    /// Less is counted in too few ticks (of 10 ms) to say anything.
    private static let shortest = Duration.milliseconds(50)

    /// Percent, rounded to a tenth; 0 where too little time has passed.
    static func percent(seconds: Double, of elapsed: Duration) -> Double {
        let elapsedSeconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        guard elapsed >= shortest else { return 0 }
        return (max(0, seconds) / elapsedSeconds * 1000).rounded() / 10
    }
}
