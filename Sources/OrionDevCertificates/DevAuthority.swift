import Crypto
import FoundationEssentials
import SwiftASN1
import X509

/// A certificate authority for trying TLS out, and for tests. Its key lies about in a file: nothing that matters may
/// trust it.
public struct DevAuthority: Sendable {
    private let certificate: Certificate
    private let key: P256.Signing.PrivateKey
    private let name: DistinguishedName

    /// A new authority, which holds for ten years.
    ///
    /// - Parameters:
    ///   - name: told in its certificates; a few digits are added, so that two of them are not taken for one.
    ///   - now: seconds since the Unix epoch.
    public init(name: String = "Orion development CA", now: Int) throws {
        key = P256.Signing.PrivateKey()
        self.name = try DistinguishedName { CommonName("\(name) \(UInt32.random(in: 10_000_000...99_999_999))") }
        let publicKey = Certificate.PublicKey(key.publicKey)
        let began = Date(timeIntervalSince1970: Double(now - Self.clockSkewSeconds))
        certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey, notValidBefore: began,
            notValidAfter: Date(timeIntervalSince1970: Double(now + 3650 * 86_400)), issuer: self.name,
            subject: self.name,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true))
                SubjectKeyIdentifier(hash: publicKey)
            },
            issuerPrivateKey: Certificate.PrivateKey(key))
    }

    /// An authority that was made before.
    public init(_ files: CertificateFiles) throws {
        certificate = try Certificate(pemEncoded: files.certificate)
        key = try P256.Signing.PrivateKey(pemRepresentation: files.key)
        name = certificate.subject
    }

    /// Its certificate, which who is to trust it gets, and its key.
    public func files() throws -> CertificateFiles {
        try Self.files(certificate, key)
    }

    /// Makes a certificate for one side of connections.
    ///
    /// - Parameter now: seconds since the Unix epoch.
    public func issue(_ leaf: DevLeaf, now: Int) throws -> CertificateFiles {
        let leafKey = P256.Signing.PrivateKey()
        let publicKey = Certificate.PublicKey(leafKey.publicKey)
        let usage: ExtendedKeyUsage.Usage = leaf.use == .server ? .serverAuth : .clientAuth
        let begin = now + leaf.validSeconds.lowerBound - (leaf.validSeconds.lowerBound == 0 ? Self.clockSkewSeconds : 0)
        let issued = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
            notValidBefore: Date(timeIntervalSince1970: Double(begin)),
            notValidAfter: Date(timeIntervalSince1970: Double(now + leaf.validSeconds.upperBound)), issuer: name,
            subject: try DistinguishedName { CommonName(leaf.name) },
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([usage])
                if !leaf.hosts.isEmpty { SubjectAlternativeNames(leaf.hosts.map(\.generalName)) }
                SubjectKeyIdentifier(hash: publicKey)
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(hash: Certificate.PublicKey(key.publicKey)).keyIdentifier)
            },
            issuerPrivateKey: Certificate.PrivateKey(key))
        return try Self.files(issued, leafKey)
    }

    private static func files(_ certificate: Certificate, _ key: P256.Signing.PrivateKey) throws -> CertificateFiles {
        CertificateFiles(
            certificate: try certificate.serializeAsPEM().pemString + "\n", key: key.pemRepresentation + "\n")
    }

    /// The clock of who looks at a new certificate may be this much behind.
    private static let clockSkewSeconds = 300
}
