import OrionClient

/// One run of orion-api, on a state in a folder.
struct Server {
    let process: ChildProcess
    let address: String
    let client: OrionClient

    /// Starts it; returns once it listens.
    init(programs: String, in folder: String, port: String = "0", timeoutSeconds: Int = 10) async throws {
        let output = "\(folder)/api.out"
        let earlier = Self.addresses(in: output).count
        process = try ChildProcess(
            [
                "\(programs)/orion-api", "--port", port, "--state-db", "\(folder)/state.sqlite",
                "--heartbeat-timeout", "\(timeoutSeconds)",
            ],
            outputFile: output)
        address = try await waitFor("orion-api to listen", in: folder) {
            Self.addresses(in: output).dropFirst(earlier).first
        }
        client = try OrionClient(server: address)
    }

    /// The port of its address.
    var port: String { String(address.split(separator: ":").last ?? "") }

    /// Ends it, and waits until it has.
    func stop() {
        process.terminate()
        process.wait(seconds: 20)
    }

    /// Where each run so far has said that it listens.
    private static func addresses(in output: String) -> [String] {
        ProcFile(output).text.split(separator: "\n").filter { $0.contains("listening on ") }
            .compactMap { $0.split(separator: " ").last.map(String.init) }
    }
}
