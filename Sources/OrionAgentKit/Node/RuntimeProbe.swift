import Dispatch
import Glibc

/// Finds the runtimes of this machine by asking each for its version.
struct RuntimeProbe: Sendable {
    static let names = ["node", "bun", "deno"]

    /// A runtime that does not answer within this is taken as not there: the agent's start waits for it.
    static let timeoutMilliseconds = 2000

    let environment: [(name: String, value: String)]
    /// Holds what they print; made here and removed afterwards.
    let folder: String

    /// `runtime.NAME=VERSION` for each that was found.
    func labels() async -> [String: String] {
        guard FileTree.make(folder, mode: 0o700) else { return [:] }
        defer { _ = FileTree.remove(folder) }
        return await withTaskGroup(of: (String, String?).self) { group in
            for name in Self.names { group.addTask { (name, await version(of: name)) } }
            return await group.reduce(into: [:]) { labels, found in
                if let version = found.1 { labels["runtime.\(found.0)"] = version }
            }
        }
    }

    private func version(of name: String) async -> String? {
        let output = folder + "/" + name
        let request = ProcessRequest(
            arguments: [name, "--version"], environment: environment, workingDirectory: folder, stdoutPath: output,
            stderrPath: output + ".err")
        let queue = DispatchQueue(label: "orion.probe.\(name)")
        guard let process = try? await GatedProcess(request).release(on: queue) else { return nil }
        queue.asyncAfter(deadline: .now() + .milliseconds(Self.timeoutMilliseconds)) { process.killGroup() }
        let status = await process.exit(on: queue)
        process.killGroup()
        process.reap()
        guard status.isSuccess, let bytes = DurableFile(path: output).read() else { return nil }
        return Self.version(in: String(decoding: bytes.prefix(1024), as: UTF8.self))
    }

    /// The first word that begins with a digit, after a `v` if need be: `v22.1.0`, `deno 2.1.4 (stable…)`.
    static func version(in text: String) -> String? {
        for word in text.split(whereSeparator: \.isWhitespace) {
            let bare = word.hasPrefix("v") ? word.dropFirst() : word
            if let first = bare.first, first.isASCII, first.isNumber { return String(bare.prefix(64)) }
        }
        return nil
    }
}
