import Glibc
import OrionSettings

/// Standard output and standard error, and what is known of who reads them.
struct Console: Sendable {
    /// What is said while a server that is gone is waited for.
    static let noAnswer = "orion-api does not answer; trying again"

    /// How standard output is coloured.
    let style: Style
    /// How standard error is coloured.
    let errorStyle: Style
    /// Whether standard output is a terminal, which can be redrawn.
    let isTerminal: Bool

    init(_ display: DisplayOptions) {
        let isPlain = display.isPlain || Environment["NO_COLOR"] != nil || Environment["TERM"] == "dumb"
        isTerminal = isatty(STDOUT_FILENO) == 1 && Environment["TERM"] != "dumb"
        style = Style(isColored: !isPlain && isTerminal)
        errorStyle = Style(isColored: !isPlain && isatty(STDERR_FILENO) == 1)
    }

    /// The columns and lines of the terminal; nil where there is none.
    var size: Watcher.Size? {
        var size = winsize()
        guard isTerminal, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Watcher.Size(columns: Int(size.ws_col), lines: Int(size.ws_row))
    }

    /// Writes a line to standard output.
    func say(_ line: String) { write(line + "\n") }

    /// Writes text to standard output as it is.
    func write(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// Writes what someone should know, and where, to standard error.
    func warn(_ issue: IssueLine) {
        let parts = [issue.place ?? "", issue.path, issue.message].filter { !$0.isEmpty }.map(\.printable)
        let text = parts.joined(separator: ": ")
        write(errorStyle.paint("warning:", .attention) + " " + text + "\n", to: STDERR_FILENO)
    }

    /// Writes a line to standard error, where it is in the way of no program that reads the output.
    func note(_ line: String) { write(line.printable + "\n", to: STDERR_FILENO) }

    /// Writes what went wrong to standard error, with each place of it.
    func fail(_ message: String, issues: [IssueLine] = []) {
        var lines = [errorStyle.paint("error:", .bad) + " " + message.printable]
        lines += IssueLine.aligned(issues, style: errorStyle)
        write(lines.joined(separator: "\n") + "\n", to: STDERR_FILENO)
    }

    /// A reader that is gone ends the program, as it would end any other in a pipe. So does standard output that takes
    /// nothing more: a script would take what is there for all of it.
    private func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                bytes = bytes.dropFirst(count)
                continue
            }
            let code = errno
            switch code {
            case EINTR: continue
            case EAGAIN:
                var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&room, 1, -1)
            case EPIPE: exit(128 + SIGPIPE)
            default:
                // Nobody is left to be told that nobody can be told.
                guard descriptor == STDOUT_FILENO else { return }
                fail("cannot write to standard output: \(String(cString: strerror(code)))")
                exit(1)
            }
        }
    }
}
