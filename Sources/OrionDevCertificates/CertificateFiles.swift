/// A certificate and its private key, each as the text of a PEM file.
public struct CertificateFiles: Hashable, Sendable {
    /// The certificate, for everyone.
    public var certificate: String
    /// The key, for one.
    public var key: String

    /// Texts of two files.
    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}
