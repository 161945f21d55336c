import ArgumentParser
import Glibc
import OrionDevCertificates
import OrionSettings

/// `orion-api dev-certs DIR`: what it takes to try TLS out.
struct DevCerts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev-certs",
        abstract: "Make a certificate authority and certificates, to try TLS out.",
        discussion: """
            Makes ca.pem, and certificates for a server and for a client with their keys. Where DIR holds an authority that \
            was made before, it is kept and signs new ones. They hold for 30 days. Not for anything that matters: the \
            authority's key lies beside them.
            """)

    @Argument(help: "Directory for the files; made where it is missing.")
    var directory: String

    @Option(help: "A name or address of the server; repeatable (localhost, 127.0.0.1, ::1 and this host's name).")
    var host: [String] = []

    func run() throws {
        do throws(StartupError) {
            try make(in: CertificateFolder(path: directory))
        } catch {
            StandardStreams.writeError("orion-api: \(error.message)")
            throw ExitCode(error.exitStatus)
        }
        for line in advice { StandardStreams.writeOutput(line) }
    }

    private func make(in folder: CertificateFolder) throws(StartupError) {
        let now = time(nil)
        try folder.make()
        do {
            let authority: DevAuthority
            if let files = try folder.read("ca") {
                authority = try DevAuthority(files)
            } else {
                authority = try DevAuthority(now: now)
                try folder.write("ca", try authority.files())
            }
            let server = DevLeaf(.server, name: "orion-api", hosts: host.isEmpty ? Self.ownHosts : host)
            try folder.write("server", try authority.issue(server, now: now))
            try folder.write("client", try authority.issue(DevLeaf(.client, name: "orion"), now: now))
        } catch let error as StartupError {
            throw error
        } catch {
            throw StartupError(
                .storage, "dev-certs: the authority in \(directory) cannot be used: \(error): give another directory.")
        }
    }

    private static var ownHosts: [String] {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return ["localhost", "127.0.0.1", "::1"] + (host.isEmpty || host == "localhost" ? [] : [host])
    }

    private var advice: [String] {
        let name = host.first ?? "localhost"
        return [
            "orion-api --tls-cert \(directory)/server.pem --tls-key \(directory)/server-key.pem "
                + "--tls-client-ca \(directory)/ca.pem",
            "orion-agent --control-plane wss://\(name):6060/ws --tls-ca \(directory)/ca.pem "
                + "--tls-cert \(directory)/client.pem --tls-key \(directory)/client-key.pem",
            "orion get nodes --server https://\(name):6060 --tls-ca \(directory)/ca.pem "
                + "--tls-cert \(directory)/client.pem --tls-key \(directory)/client-key.pem",
        ]
    }
}
