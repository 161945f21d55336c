import Glibc

/// A process that a test talks to through its standard input and kills in the end; its standard output is a file.
final class Child: Sendable {
    let pid: pid_t
    private let input: CInt

    init(_ arguments: [String], environment: [String: String] = [:], output: String) throws {
        var pipes: [CInt] = [0, 0]
        guard pipe(&pipes) == 0 else { throw TestFailure("pipe: \(errno)") }
        for descriptor in pipes { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        input = pipes[1]
        let file = open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw TestFailure("open: \(errno)") }
        defer {
            close(file)
            close(pipes[0])
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipes[0], 0)
        posix_spawn_file_actions_adddup2(&actions, file, 1)
        var words = arguments.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") }
        variables.append(strdup("PATH=/usr/bin:/bin:/usr/local/bin"))
        variables.append(nil)
        defer { for pointer in words + variables { free(pointer) } }
        var pid: pid_t = 0
        let result = posix_spawnp(&pid, words[0] ?? strdup(""), &actions, nil, &words, &variables)
        guard result == 0 else { throw TestFailure("\(arguments[0]): \(String(cString: strerror(result)))") }
        self.pid = pid
    }

    func say(_ text: String) throws {
        let bytes = Array((text + "\n").utf8)
        guard write(input, bytes, bytes.count) == bytes.count else { throw TestFailure("write: \(errno)") }
    }

    func kill() -> CInt {
        Glibc.kill(pid, SIGKILL)
        return wait()
    }

    /// Its wait status.
    func wait() -> CInt {
        close(input)
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status
    }
}
