import Glibc

/// A file of the system's, read whole.
struct ProcFile {
    let bytes: [UInt8]

    /// Reads it; of one that is gone, nothing.
    init(_ path: String) {
        var bytes: [UInt8] = []
        if let file = fopen(path, "r") {
            var buffer = [UInt8](repeating: 0, count: 1 << 14)
            while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
            fclose(file)
        }
        self.bytes = bytes
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// What follows `name:` at the beginning of a line.
    func value(of name: String) -> String? {
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            return String(parts[1].drop { $0 == " " || $0 == "\t" })
        }
        return nil
    }

    /// A value in kB.
    func kibibytes(of name: String) -> Int? {
        value(of: name).flatMap { $0.split(separator: " ").first }.flatMap { Int($0) }
    }
}
