import Glibc

/// Programs of the machine.
enum Tool {
    /// Where a program is, by PATH and where servers are kept.
    static func path(_ name: String) -> String? {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        return (path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/bin"]).map { "\($0)/\(name)" }
            .first(where: isProgram)
    }

    static func isProgram(_ path: String) -> Bool { access(path, X_OK) == 0 }
}
