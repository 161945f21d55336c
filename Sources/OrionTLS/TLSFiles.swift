/// The PEM files of one side.
public struct TLSFiles: Hashable, Sendable {
    /// What this side shows: its certificate, and behind it those between it and the authority.
    public var certificate: String?
    /// The private key of the certificate.
    public var key: String?
    /// The authorities that the other side's certificate may be signed by; nil for those of the system, at a client, and
    /// for no question, at a server.
    public var authority: String?

    /// Files by their paths.
    public init(certificate: String? = nil, key: String? = nil, authority: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.authority = authority
    }
}
