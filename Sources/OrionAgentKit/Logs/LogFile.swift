import Glibc

/// An output file that is read: what the program writes meanwhile is behind, what is freed meanwhile is skipped.
final class LogFile {
    enum Failure: Error, Hashable {
        case absent
        case system(Int32)
    }

    /// How far back the last lines are looked for: twice of what is kept of a file where old output can be freed. Where it
    /// cannot, a file has no bound.
    static let tailBytes: Int64 = 32 * 1024 * 1024
    /// `SEEK_DATA` (lseek(2)), which the C library shows to GNU sources only.
    private static let seekData: Int32 = 3
    private static let blockBytes: Int64 = 64 * 1024

    private let file: Descriptor

    init(_ path: String) throws(Failure) {
        guard let file = Descriptor.open(path, O_RDONLY) else { throw errno == ENOENT ? .absent : .system(errno) }
        self.file = file
    }

    /// How many bytes were ever written, freed ones too.
    func size() throws(Failure) -> Int64 {
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw .system(errno) }
        return Int64(status.st_size)
    }

    /// Reads at most so many bytes from an offset on, or from the first byte behind it that is kept. A place behind the
    /// file's end means that someone has truncated it: it begins anew.
    func read(at offset: Int64, atMost limit: Int, isComplete: Bool) throws(Failure) -> LogPiece {
        while true {
            let size = try size()
            let wanted = offset > size ? 0 : offset
            let start = try firstKept(from: wanted, size: size)
            let bytes = try read(at: start, count: min(limit, Int(clamping: size - start)))
            // What was freed while it was read may have come as zeros.
            guard try firstKept(from: start, size: size) == start else { continue }
            let isAtEnd = start + Int64(bytes.count) >= size
            // The middle of a character that lost its beginning.
            let rest = start > wanted ? bytes.prefix(3).prefix { $0 & 0xC0 == 0x80 }.count : 0
            let text = LogText(bytes[rest...], isComplete: isComplete && isAtEnd)
            return LogPiece(
                offset: start + Int64(rest), skipped: start + Int64(rest) - wanted, text: text.text,
                length: Int64(text.length),
                isAtEnd: isAtEnd && rest + text.length + text.unfinished == bytes.count, size: size)
        }
    }

    /// Where the last lines begin, or the first byte that is kept where there are fewer.
    func start(ofLastLines count: Int) throws(Failure) -> Int64 {
        let size = try size()
        guard count > 0, size > 0 else { return size }
        let first = max(try firstKept(from: 0, size: size), size - Self.tailBytes)
        var end = size
        var missing = count
        while end > first {
            let start = max(first, end - Self.blockBytes)
            let bytes = try read(at: start, count: Int(end - start))
            for index in bytes.indices.reversed() where bytes[index] == 0x0A {
                let next = start + Int64(index) + 1
                // The last byte ends the last line, and begins none.
                if next == size { continue }
                missing -= 1
                if missing == 0 { return next }
            }
            end = start
        }
        return first
    }

    /// The first byte that is no hole, from an offset on.
    private func firstKept(from offset: Int64, size: Int64) throws(Failure) -> Int64 {
        guard offset < size else { return size }
        let found = lseek(file.number, off_t(offset), Self.seekData)
        if found >= 0 { return min(Int64(found), size) }
        switch errno {
        case ENXIO: return size
        // A file system that knows no holes has none.
        case EINVAL: return offset
        default: throw .system(errno)
        }
    }

    func read(at offset: Int64, count: Int) throws(Failure) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, filled in
            while filled < count {
                let result = pread(
                    file.number, buffer.baseAddress?.advanced(by: filled), count - filled, off_t(offset) + off_t(filled)
                )
                if result < 0, errno == EINTR { continue }
                if result < 0 { failure = errno }
                guard result > 0 else { return }
                filled += result
            }
        }
        guard failure == 0 else { throw .system(failure) }
        return bytes
    }
}
