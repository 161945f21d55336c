import Glibc

/// Why a program could not be started.
struct SpawnError: Error, Hashable, CustomStringConvertible {
    /// What was being done.
    enum Step: Hashable, Sendable {
        case arguments, program, gate, fork, session, limits, workingDirectory, stdin, stdout, stderr, exec, cgroup
    }

    let step: Step
    /// The errno of the failed call.
    let errno: Int32
    /// One sentence for a person, which names the program or the path and the reason.
    let message: String

    /// Whether the machine had nothing left to start a process with (processes, files, memory): the program is not to
    /// blame, and the same request may succeed later.
    var isExhaustion: Bool {
        switch step {
        case .gate, .fork: true
        default: [EMFILE, ENFILE, ENOMEM, EAGAIN].contains(errno)
        }
    }

    var description: String { message }
}
