import Glibc

/// A program that was started here, with its output in a file.
final class ChildProcess {
    let id: pid_t
    private var isWaitedFor = false

    /// Starts a program with nothing of our environment but PATH and HOME, on one core if it says which.
    init(_ command: [String], outputFile: String, core: Int? = nil) throws {
        let arguments = (core.map { ["/usr/bin/taskset", "--cpu-list", "\($0)"] } ?? []) + command
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, outputFile, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let environment = ["PATH", "HOME"].compactMap { (name: String) -> String? in
            getenv(name).map { "\(name)=\(String(cString: $0))" }
        }
        var argv = arguments.map { strdup($0) } + [nil]
        var envp = environment.map { strdup($0) } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var id = pid_t()
        let status = posix_spawn(&id, arguments[0], &actions, nil, &argv, &envp)
        guard status == 0 else {
            throw BenchmarkError("cannot start \(arguments[0]): \(String(cString: strerror(status)))")
        }
        self.id = id
    }

    /// Asks it to end.
    func terminate() { signal(SIGTERM) }

    /// Ends it without a word.
    func kill() { signal(SIGKILL) }

    private func signal(_ number: Int32) {
        // Its number may be another's once it has been waited for.
        if !isWaitedFor { Glibc.kill(id, number) }
    }

    /// Waits for its end, at most so many seconds, then kills it.
    func wait(seconds: Int) {
        guard !isWaitedFor else { return }
        isWaitedFor = true
        for _ in 0..<(seconds * 100) {
            var status: Int32 = 0
            if waitpid(id, &status, WNOHANG) != 0 { return }
            usleep(10_000)
        }
        Glibc.kill(id, SIGKILL)
        waitpid(id, nil, 0)
    }

    /// Seconds of CPU used so far.
    func cpuSeconds() throws -> Double { try CPUClock(process: id).seconds() }

    /// Resident memory, pages shared with others counted whole.
    var residentMiB: Double { Double(ProcFile("/proc/\(id)/smaps_rollup").kibibytes(of: "Rss") ?? 0) / 1024 }

    /// Resident memory, pages shared with others divided among them.
    var proportionalMiB: Double { Double(ProcFile("/proc/\(id)/smaps_rollup").kibibytes(of: "Pss") ?? 0) / 1024 }
}
