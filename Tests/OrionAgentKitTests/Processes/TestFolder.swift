import Dispatch
import Glibc
import Testing

@testable import OrionAgentKit

/// A temporary directory of one test, removed with it.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/orion-process-XXXXXX".utf8CString)
        path = try template.withUnsafeMutableBufferPointer { buffer in
            let start = try #require(buffer.baseAddress)
            return String(cString: try #require(mkdtemp(start)))
        }
    }

    deinit {
        _ = FileTree.remove(path)
    }

    func path(_ name: String) -> String { path + "/" + name }

    func write(_ text: String, to name: String, mode: mode_t = 0o644) throws {
        let file = try #require(Descriptor.open(path(name), O_WRONLY | O_CREAT | O_TRUNC, mode: mode))
        let bytes = Array(text.utf8)
        try #require(Glibc.write(file.number, bytes, bytes.count) == bytes.count)
    }

    func read(_ name: String) -> String {
        guard let file = Descriptor.open(path(name), O_RDONLY) else { return "" }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = Glibc.read(file.number, &bytes, bytes.count)
        return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
    }

    /// A request whose output goes to `out` and `err` in this folder.
    func request(_ arguments: [String], environment: [(name: String, value: String)]? = nil) -> ProcessRequest {
        ProcessRequest(
            arguments: arguments, environment: environment ?? [(name: "PATH", value: "/usr/local/bin:/usr/bin:/bin")],
            workingDirectory: path, stdoutPath: path("out"), stderrPath: path("err"))
    }

    func shell(_ script: String) -> ProcessRequest {
        request(["/bin/sh", "-c", script])
    }

    /// Starts a shell script and returns once it runs.
    func start(_ script: String) async throws -> WatchedProcess {
        try await GatedProcess(shell(script)).release(on: .global())
    }
}

/// Waits for a condition; false if it does not come true in time.
func eventually(within limit: Duration = .seconds(20), _ condition: () -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while !condition() {
        guard ContinuousClock.now < deadline else { return false }
        try await Task.sleep(for: .milliseconds(2))
    }
    return true
}

/// Whether a process runs: a zombie does not.
func isAlive(_ pid: Int32) -> Bool {
    ProcessStatus(pid: pid).map { !$0.isZombie } ?? false
}
