import COrionSpawn
import Glibc

/// Which agent a process belongs to, among all on this machine: the same for every agent on one data directory, and for
/// none on another.
///
/// It is made of what the directory itself is (device, number, time of birth), so that there is nothing to store, and a
/// copy of a directory has another one.
struct AgentMark: Hashable, Sendable {
    /// The variable that carries it in every replica's environment.
    static let variable = "ORION_AGENT_MARK"

    /// Hexadecimal digits and hyphens.
    let value: String

    /// The mark of the agents on the data directory at `path`, which must exist.
    init(dataDirectory path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            preconditionFailure("no data directory at \(path): \(describe(errno: errno))")
        }
        value = [UInt64(status.st_dev), UInt64(status.st_ino), orion_birth_nanoseconds(path)]
            .map { String($0, radix: 16) }.joined(separator: "-")
    }
}
