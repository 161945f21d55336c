import NIOCore
import NIOSSL

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// From paths to what NIOSSL takes.
extension TLSFiles {
    /// Far more than any chain; all the roots of a system are a quarter of it.
    private static let limitBytes = 1 << 20

    /// What both sides have in common.
    func complete(_ configuration: TLSConfiguration) throws(TLSFileError) -> TLSConfiguration {
        var configuration = configuration
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        // The other side's word that it has closed is waited for so long.
        configuration.shutdownTimeout = .seconds(1)
        if let certificate {
            configuration.certificateChain = try Self.certificates(certificate, .certificate)
                .map { .certificate($0) }
        }
        if let key { configuration.privateKey = .privateKey(try Self.key(key)) }
        if let authority { configuration.trustRoots = .certificates(try Self.certificates(authority, .authority)) }
        return configuration
    }

    /// A context for connections. Blocks while files are read, those of the system's authorities too.
    func context(_ configuration: TLSConfiguration) throws(TLSFileError) -> NIOSSLContext {
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            // Each file has been read by itself: what is left is that they do not fit together.
            throw TLSFileError(
                file: .key, path: key ?? authority ?? "", reason: "not the key of the certificate \(certificate ?? "")")
        }
    }

    private static func certificates(
        _ path: String, _ file: TLSFileError.File
    ) throws(TLSFileError) -> [NIOSSLCertificate] {
        let bytes = try contents(of: path, file)
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw TLSFileError(file: file, path: path, reason: "no certificates in PEM (-----BEGIN CERTIFICATE-----)")
        }
        return certificates
    }

    private static func key(_ path: String) throws(TLSFileError) -> NIOSSLPrivateKey {
        let bytes = try contents(of: path, .key)
        guard !bytes.isEmpty, let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
            throw TLSFileError(
                file: .key, path: path, reason: "no private key in PEM without a password (-----BEGIN PRIVATE KEY-----)"
            )
        }
        return key
    }

    private static func contents(of path: String, _ file: TLSFileError.File) throws(TLSFileError) -> [UInt8] {
        func failure() -> TLSFileError {
            let text: UnsafeMutablePointer<CChar>? = strerror(errno)
            return TLSFileError(file: file, path: path, reason: text.map { String(cString: $0) } ?? "unreadable")
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = part.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure() }
            guard count > 0 else { return bytes }
            bytes += part[..<count]
            guard bytes.count <= limitBytes else {
                throw TLSFileError(file: file, path: path, reason: "larger than \(limitBytes) bytes")
            }
        }
    }
}
