import Glibc

/// What `/proc/PID/stat` says of a process (proc_pid_stat(5)).
struct ProcessStatus: Hashable, Sendable {
    var pid: Int32
    /// `R`, `S`, `Z` and so on.
    var state: UInt8
    var parent: Int32
    var group: Int32
    var session: Int32
    /// The kernel's own (`PF_…`).
    var flags: UInt32
    /// Processor time in the process itself, user and system together, in clock ticks.
    var cpuTicks: UInt64
    /// When it was started, in clock ticks since boot.
    var startTicks: UInt64
    var residentPages: Int64
    /// As `wait` gives it; 0 unless the process is a zombie that we may look at.
    var waitStatus: Int32

    /// Dead, and waiting for its parent to ask how.
    var isZombie: Bool { state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") }

    /// Whether it runs, or ran when it ended, the program that its parent forked in, not one of its own: PF_FORKNOEXEC.
    var isBeforeExec: Bool { flags & 0x40 != 0 }

    /// No line is longer: 52 numbers and a name of 64 bytes at most.
    static let lineBytes = 2048

    /// Reads the status of `pid`; nil where there is no such process.
    init?(pid: Int32) {
        guard let file = Descriptor.open("/proc/\(pid)/stat", O_RDONLY) else { return nil }
        self.init(reading: file)
    }

    /// Reads the status of `pid`; nil only where there is no such process, or none that we may see.
    static func read(_ pid: Int32) throws(ProcessTable.Unreadable) -> ProcessStatus? {
        errno = 0
        if let status = ProcessStatus(pid: pid) { return status }
        if let unreadable = ProcessTable.Unreadable(ofOne: errno) { throw unreadable }
        return nil
    }

    /// Reads it from an open `/proc/PID/stat`, which stays with its process: nil once that is gone, even if its number
    /// has come to another.
    init?(reading file: Descriptor) {
        let parsed = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.lineBytes) { buffer in
            let count = pread(file.number, buffer.baseAddress, buffer.count, 0)
            return count > 0 ? ProcessStatus(line: buffer[..<count]) : nil
        }
        guard let parsed else { return nil }
        self = parsed
    }

    /// Parses a line; nil where it is not one.
    ///
    /// The name in parentheses may hold anything, parentheses and spaces too, so that fields count from the last `)`.
    init?(line: some BidirectionalCollection<UInt8>) {
        guard let open = line.firstIndex(of: UInt8(ascii: "(")), let close = line.lastIndex(of: UInt8(ascii: ")")),
            let pid = Self.number(line[..<open].dropLast())
        else { return nil }
        // The first of these is the third of the line.
        let fields = line[close...].dropFirst(2).split(separator: UInt8(ascii: " "))
        func field(_ number: Int) -> Int64? {
            fields.count > number - 3 ? Self.number(fields[number - 3]) : nil
        }
        guard let state = fields.first?.first, let parent = field(4), let group = field(5), let session = field(6),
            let flags = field(9),
            let user = field(14), let system = field(15), let start = field(22), let resident = field(24)
        else { return nil }
        self.pid = Int32(truncatingIfNeeded: pid)
        self.state = state
        self.parent = Int32(truncatingIfNeeded: parent)
        self.group = Int32(truncatingIfNeeded: group)
        self.session = Int32(truncatingIfNeeded: session)
        self.flags = UInt32(truncatingIfNeeded: flags)
        self.cpuTicks = UInt64(bitPattern: user &+ system)
        self.startTicks = UInt64(bitPattern: start)
        self.residentPages = resident
        self.waitStatus = field(52).map(Int32.init(truncatingIfNeeded:)) ?? 0
    }

    /// A decimal number, possibly negative. Larger than 63 bits, as some fields that nobody asks for, is nil.
    private static func number(_ digits: some Sequence<UInt8>) -> Int64? {
        var value: Int64 = 0
        var isNegative = false
        var isEmpty = true
        for digit in digits {
            if digit == UInt8(ascii: "-"), isEmpty, !isNegative {
                isNegative = true
                continue
            }
            if digit == UInt8(ascii: "\n") { break }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            let (sum, carry) = shifted.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
            guard !carry else { return nil }
            value = sum
            isEmpty = false
        }
        guard !isEmpty else { return nil }
        return isNegative ? -value : value
    }
}
