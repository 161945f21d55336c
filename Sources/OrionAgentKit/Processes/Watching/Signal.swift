import Glibc

/// A signal of the system, by its number.
package struct Signal: RawRepresentable, Hashable, Sendable {
    package var rawValue: Int32

    package static let interrupt = Signal(rawValue: SIGINT)
    package static let kill = Signal(rawValue: SIGKILL)
    package static let terminate = Signal(rawValue: SIGTERM)

    /// `SIGTERM`; `signal 42` for one without a name here.
    package var name: String {
        Self.names.first { $0.number == rawValue }.map { "SIG" + $0.name } ?? "signal \(rawValue)"
    }

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The signal called `SIGTERM` or `TERM`; nil where none is.
    init?(name: String) {
        let bare = name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name
        guard let number = Self.names.first(where: { $0.name == bare })?.number else { return nil }
        rawValue = number
    }

    private static let names: [(name: String, number: Int32)] = [
        ("HUP", SIGHUP), ("INT", SIGINT), ("QUIT", SIGQUIT), ("ILL", SIGILL), ("TRAP", SIGTRAP), ("ABRT", SIGABRT),
        ("BUS", SIGBUS), ("FPE", SIGFPE), ("KILL", SIGKILL), ("USR1", SIGUSR1), ("SEGV", SIGSEGV), ("USR2", SIGUSR2),
        ("PIPE", SIGPIPE), ("ALRM", SIGALRM), ("TERM", SIGTERM), ("STKFLT", SIGSTKFLT), ("CHLD", SIGCHLD),
        ("CONT", SIGCONT), ("STOP", SIGSTOP), ("TSTP", SIGTSTP), ("TTIN", SIGTTIN), ("TTOU", SIGTTOU),
        ("URG", SIGURG), ("XCPU", SIGXCPU), ("XFSZ", SIGXFSZ), ("VTALRM", SIGVTALRM), ("PROF", SIGPROF),
        ("WINCH", SIGWINCH), ("IO", SIGIO), ("PWR", SIGPWR), ("SYS", SIGSYS),
    ]
}
