import Glibc

/// A folder for one measurement.
enum TemporaryFolder {
    /// Makes one, runs `body`, and removes it.
    static func with<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        var template = Array("/tmp/orion-benchmarks.XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw BenchmarkError("no folder could be made in /tmp") }
        let folder = String(cString: made)
        defer { try? ChildProcess(["/bin/rm", "-rf", folder], outputFile: "/dev/null").wait(seconds: 20) }
        return try await body(folder)
    }
}
