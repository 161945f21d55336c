import Glibc

/// A clock that runs while a thread or a process does, whatever else the machine is doing. It counts nanoseconds; /proc
/// counts hundredths of a second, in which 8,000 heartbeats are taken in.
struct CPUClock {
    private let id: clockid_t

    /// The clock of the thread that reads it.
    static let thisThread = CPUClock(id: CLOCK_THREAD_CPUTIME_ID)

    private init(id: clockid_t) { self.id = id }

    /// The clock of all threads of a process.
    init(process: pid_t) throws {
        var id = clockid_t()
        let error = clock_getcpuclockid(process, &id)
        guard error == 0 else { throw Self.failure("process \(process)", error) }
        self.id = id
    }

    /// What was used so far.
    func seconds() throws -> Double {
        var time = timespec()
        guard clock_gettime(id, &time) == 0 else { throw Self.failure("clock \(id)", errno) }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// What a call uses.
    func seconds(_ body: () throws -> Void) throws -> Double {
        let begin = try seconds()
        try body()
        return try seconds() - begin
    }

    private static func failure(_ what: String, _ error: Int32) -> BenchmarkError {
        BenchmarkError("cannot read the CPU time of \(what): \(String(cString: strerror(error)))")
    }
}
