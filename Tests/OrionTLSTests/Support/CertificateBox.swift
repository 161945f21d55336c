import Glibc
import OrionDevCertificates
import OrionTLS

/// Certificates of one test, in files.
final class CertificateBox: Sendable {
    let authority: DevAuthority
    /// One that nobody here trusts.
    let stranger: DevAuthority
    private let folder: String
    private let now = time(nil)

    init() throws {
        var path = Array("/tmp/orion-tls-XXXXXX".utf8CString)
        guard mkdtemp(&path) != nil else { throw TestFailure("mkdtemp: \(errno)") }
        folder = String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        authority = try DevAuthority(now: now)
        stranger = try DevAuthority(now: now)
        try write("ca", authority.files())
        try write("stranger", stranger.files())
    }

    deinit {
        for name in ["ca", "stranger", "server", "client"] {
            for end in [".pem", "-key.pem"] { unlink(path(name + end)) }
        }
        rmdir(folder)
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Makes, or makes anew, the server's files: for 127.0.0.1 and localhost, unless told otherwise.
    func makeServer(
        hosts: [String] = ["127.0.0.1", "localhost"], validSeconds: Range<Int> = 0..<3600,
        by issuer: DevAuthority? = nil
    ) throws {
        let leaf = DevLeaf(.server, name: "server", hosts: hosts, validSeconds: validSeconds)
        try write("server", (issuer ?? authority).issue(leaf, now: now))
    }

    /// Makes a client's files.
    func makeClient(validSeconds: Range<Int> = 0..<3600, by issuer: DevAuthority? = nil) throws {
        try write(
            "client",
            (issuer ?? authority).issue(DevLeaf(.client, name: "client", validSeconds: validSeconds), now: now))
    }

    /// The server's side; `mutual` where each client has to show a certificate.
    func server(mutual: Bool = false) throws -> TLSServer {
        try TLSServer(
            certificate: path("server.pem"), key: path("server-key.pem"),
            clientAuthority: mutual ? path("ca.pem") : nil)
    }

    /// A client's files; with the certificate where one was made for it.
    func client(showing: Bool = false, trusting authority: String = "ca") -> TLSFiles {
        TLSFiles(
            certificate: showing ? path("client.pem") : nil, key: showing ? path("client-key.pem") : nil,
            authority: path("\(authority).pem"))
    }

    func write(_ text: String, to name: String) throws {
        unlink(path(name))
        let descriptor = open(path(name), O_WRONLY | O_CREAT, 0o600)
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw TestFailure("write: \(errno)") }
    }

    private func write(_ name: String, _ files: CertificateFiles) throws {
        try write(files.certificate, to: name + ".pem")
        try write(files.key, to: name + "-key.pem")
    }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
