public import OrionTLS

/// `--tls-cert` and `--tls-key`, and the flag that names the authorities of the other side.
public struct TLSSettings: Sendable {
    private let authority: Setting?
    private let certificate: Setting?
    private let key: Setting?

    /// Takes what was given of the two flags, or of their variables; they come together.
    public init(authority: Setting?, certificate: String?, key: String?) throws(StartupError) {
        self.authority = authority
        self.certificate = Setting("--tls-cert", certificate, "ORION_TLS_CERT")
        self.key = Setting("--tls-key", key, "ORION_TLS_KEY")
        if let certificate = self.certificate, self.key == nil {
            throw certificate.refusal(.usage, "give the file of its private key too, with --tls-key")
        }
        if let key = self.key, self.certificate == nil {
            throw key.refusal(.usage, "give the file of its certificate too, with --tls-cert")
        }
    }

    /// Those of a program that connects, with `--tls-ca`.
    public static func client(
        authority: String?, certificate: String?, key: String?
    ) throws(StartupError) -> TLSSettings {
        try TLSSettings(
            authority: Setting("--tls-ca", authority, "ORION_TLS_CA"), certificate: certificate, key: key)
    }

    /// One of those that are given; nil where none is.
    public var given: Setting? { certificate ?? authority }

    /// The files, for a side that connects.
    public var files: TLSFiles {
        TLSFiles(certificate: certificate?.value, key: key?.value, authority: authority?.value)
    }

    /// The side of a server; nil where it has no certificate, and so no TLS.
    public func server() throws(StartupError) -> TLSServer? {
        guard let certificate, let key else {
            if let authority {
                throw authority.refusal(.usage, "give --tls-cert and --tls-key too, to serve TLS at all")
            }
            return nil
        }
        do throws(TLSFileError) {
            return try TLSServer(certificate: certificate.value, key: key.value, clientAuthority: authority?.value)
        } catch {
            throw refusal(of: error)
        }
    }

    /// Throws where the files of a side that connects cannot be used.
    public func check() throws(StartupError) {
        do throws(TLSFileError) {
            _ = try TLSClient(files)
        } catch {
            throw refusal(of: error)
        }
    }

    private func refusal(of error: TLSFileError) -> StartupError {
        let setting: Setting? =
            switch error.file {
            case .certificate: certificate
            case .key: key
            case .authority: authority
            }
        guard let setting else {
            return StartupError(.configuration, "--tls-ca: the system's authorities cannot be read: \(error.reason).")
        }
        return setting.refusal(.configuration, error.reason)
    }
}
