import Glibc

/// A small file that is replaced whole: whoever reads it sees the old contents or the new, after a power cut too.
struct DurableFile: Sendable {
    let path: String

    /// Nothing of ours comes near it; more is damage.
    static let maximumBytes = 16 * 1024 * 1024

    /// Writes beside the file, to disk, and renames it into place. Two flushes to disk. Returns 0 or an errno.
    func replace(with bytes: some Collection<UInt8>) -> Int32 {
        let temporary = path + ".tmp"
        let written = Self.create(temporary, Array(bytes))
        guard written == 0 else {
            unlink(temporary)
            return written
        }
        guard rename(temporary, path) == 0 else { return errno }
        return Self.flushDirectory(of: path)
    }

    /// The contents, or nil with `errno`.
    func read(limit: Int = Self.maximumBytes) -> [UInt8]? {
        guard let file = Descriptor.open(path, O_RDONLY) else { return nil }
        var status = stat()
        guard fstat(file.number, &status) == 0 else { return nil }
        guard status.st_size <= limit else {
            errno = EFBIG
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let step = bytes[count...].withUnsafeMutableBytes { Glibc.read(file.number, $0.baseAddress, $0.count) }
            if step < 0, errno == EINTR { continue }
            guard step >= 0 else { return nil }
            if step == 0 { break }
            count += step
        }
        return Array(bytes.prefix(count))
    }

    /// Makes sure that the directory's entry of `path` is on disk.
    static func flushDirectory(of path: String) -> Int32 {
        let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard let directory = Descriptor.open(parent, O_RDONLY | O_DIRECTORY) else { return errno }
        return fsync(directory.number) == 0 ? 0 : errno
    }

    private static func create(_ path: String, _ bytes: [UInt8]) -> Int32 {
        guard let file = Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600) else { return errno }
        var count = 0
        while count < bytes.count {
            let step = bytes[count...].withUnsafeBytes { Glibc.write(file.number, $0.baseAddress, $0.count) }
            if step < 0, errno == EINTR { continue }
            guard step >= 0 else { return errno }
            count += step
        }
        return fsync(file.number) == 0 ? 0 : errno
    }
}
