internal import Glibc

/// The lines of a program that are not log: at once, past any buffer.
public enum StandardStreams {
    /// Writes a line to standard output.
    public static func writeOutput(_ line: String) { write(line, to: STDOUT_FILENO) }

    /// Writes a line to standard error.
    public static func writeError(_ line: String) { write(line, to: STDERR_FILENO) }

    private static func write(_ line: String, to descriptor: Int32) {
        var rest = Array("\(line)\n".utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
