import Glibc

/// Files of `/proc` and of cgroups, which the kernel makes up as they are read: their size is not known before.
enum ProcessFile {
    /// The kernel allows an environment of a quarter of the stack: 2 MiB as a rule, 6 MiB at the very most. Nothing
    /// else comes near it.
    private static let maximumBytes = 6 * 1024 * 1024

    /// The contents as text; nil with `errno`.
    static func read(_ path: String) -> String? {
        var bytes: [UInt8] = []
        return read(path, into: &bytes).map { String(decoding: bytes[..<$0], as: UTF8.self) }
    }

    /// Reads into a buffer that is grown where it has to be; how many bytes of it count, or nil with `errno`.
    static func read(_ path: String, into buffer: inout [UInt8]) -> Int? {
        guard let file = Descriptor.open(path, O_RDONLY) else { return nil }
        var count = 0
        while count < maximumBytes {
            if buffer.count - count < 4096 {
                buffer.append(contentsOf: repeatElement(0, count: max(8192, buffer.count)))
            }
            let step = buffer.withUnsafeMutableBytes { bytes in
                Glibc.read(file.number, bytes.baseAddress.map { $0 + count }, bytes.count - count)
            }
            if step < 0, errno == EINTR { continue }
            guard step >= 0 else { return nil }
            if step == 0 { break }
            count += step
        }
        return count
    }
}
