import Glibc

extension ConfigurationDocument {
    /// The largest document that orion-api takes: 16 MiB.
    static let limitBytes = 16 << 20

    /// Reads a file, or standard input for `-`.
    init(reading path: String) throws(DocumentError) {
        guard path != "-" else {
            self.init(name: "standard input", bytes: try Self.contents(of: STDIN_FILENO, name: "standard input"))
            return
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.unreadable(path) }
        defer { close(descriptor) }
        self.init(name: path, bytes: try Self.contents(of: descriptor, name: path))
    }

    private static func contents(of descriptor: Int32, name: String) throws(DocumentError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(name) }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= limitBytes else {
                throw DocumentError(message: "\(name) is larger than 16 MiB, the most that orion-api takes: split it")
            }
        }
    }

    private static func unreadable(_ name: String) -> DocumentError {
        let reason = String(cString: strerror(errno))
        let advice = errno == ENOENT ? "; 'orion init' writes an example" : ""
        return DocumentError(message: "cannot read \(name): \(reason)\(advice)")
    }
}
