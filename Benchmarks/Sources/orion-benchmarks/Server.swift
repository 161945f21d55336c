import Glibc
import OrionClient
import OrionTLS

/// One run of orion-api, on a state in a folder.
struct Server {
    /// How agents and clients reach it.
    enum Transport {
        case plain
        /// TLS on both sides, with certificates that ``orion-api dev-certs`` has put into the folder.
        case mutualTLS
    }

    let process: ChildProcess
    let address: String
    /// Its heartbeat timeout.
    let timeoutSeconds: Int
    let client: OrionClient
    /// What a client shows and trusts.
    let files: TLSFiles

    /// Starts it; returns once it listens. Given a `core`, it runs on that one alone.
    init(
        programs: String, in folder: String, port: String = "0", timeoutSeconds: Int = 10,
        transport: Transport = .plain, core: Int? = nil
    ) async throws {
        self.timeoutSeconds = timeoutSeconds
        let output = "\(folder)/api.out"
        // To look for a line of this run in what earlier ones said of 100,000 replicas would be measured too.
        unlink(output)
        var arguments = [
            "\(programs)/orion-api", "--port", port, "--state-db", "\(folder)/state.sqlite",
            "--heartbeat-timeout", "\(timeoutSeconds)",
        ]
        switch transport {
        case .plain: files = TLSFiles()
        case .mutualTLS:
            let certificates = "\(folder)/certificates"
            let maker = try ChildProcess(
                ["\(programs)/orion-api", "dev-certs", certificates], outputFile: "\(folder)/dev-certs.out")
            maker.wait(seconds: 20)
            arguments += ["--tls-cert", "\(certificates)/server.pem", "--tls-key", "\(certificates)/server-key.pem"]
            arguments += ["--tls-client-ca", "\(certificates)/ca.pem"]
            files = TLSFiles(
                certificate: "\(certificates)/client.pem", key: "\(certificates)/client-key.pem",
                authority: "\(certificates)/ca.pem")
        }
        process = try ChildProcess(arguments, outputFile: output, core: core)
        address = try await waitFor("orion-api to listen", in: folder) {
            Self.address(in: output)
        }
        client = try OrionClient(server: address, tls: files)
    }

    /// The port of its address.
    var port: String { String(address.split(separator: ":").last ?? "") }

    /// Ends it, and waits until it has.
    func stop() {
        process.terminate()
        process.wait(seconds: 20)
    }

    /// Ends it as a crash does.
    func kill() {
        process.kill()
        process.wait(seconds: 20)
    }

    /// Where it has said that it listens.
    private static func address(in output: String) -> String? {
        let line = ProcFile(output).text.split(separator: "\n").first { $0.contains("listening on ") }
        return line?.split(separator: " ").last.map(String.init)
    }
}
