import Glibc
import OrionDevCertificates
import OrionSettings

/// A directory of certificates and keys: `NAME.pem` and `NAME-key.pem`.
struct CertificateFolder {
    let path: String

    func make() throws(StartupError) {
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw refusal(of: path) }
    }

    /// The certificate and key of that name; nil where neither is there.
    func read(_ name: String) throws(StartupError) -> CertificateFiles? {
        let (certificate, key) = (try text(certificateFile(name)), try text(keyFile(name)))
        if certificate == nil, key == nil { return nil }
        guard let certificate, let key else {
            throw StartupError(
                .storage,
                "dev-certs: of \(certificateFile(name)) and \(keyFile(name)) one is missing: remove the other, or give "
                    + "another directory.")
        }
        return CertificateFiles(certificate: certificate, key: key)
    }

    /// Writes both; the key for its owner only, and first, so that no new certificate stands beside an old key for long.
    func write(_ name: String, _ files: CertificateFiles) throws(StartupError) {
        try write(files.key, to: keyFile(name), mode: 0o600)
        try write(files.certificate, to: certificateFile(name), mode: 0o644)
    }

    private func certificateFile(_ name: String) -> String { "\(path)/\(name).pem" }

    private func keyFile(_ name: String) -> String { "\(path)/\(name)-key.pem" }

    private func text(_ file: String) throws(StartupError) -> String? {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw refusal(of: file)
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64 * 1024)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw refusal(of: file) }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Whole or not at all: who reads it meanwhile reads the old one.
    private func write(_ text: String, to file: String, mode: mode_t) throws(StartupError) {
        let draft = file + ".new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw refusal(of: file) }
        let bytes = Array(text.utf8)
        let isWritten = Glibc.write(descriptor, bytes, bytes.count) == bytes.count
        guard close(descriptor) == 0, isWritten, rename(draft, file) == 0 else { throw refusal(of: file) }
    }

    private func refusal(of file: String) -> StartupError {
        let text: UnsafeMutablePointer<CChar>? = strerror(errno)
        let reason = text.map { String(cString: $0) } ?? "unknown"
        return StartupError(.storage, "dev-certs: \(file): \(reason): give a directory that this user may write to.")
    }
}
