import Glibc

/// The environment that another process was started with.
enum ProcessEnvironment {
    /// The kernel allows an environment of a quarter of the stack: 2 MiB as a rule, 6 MiB at the very most.
    private static let maximumBytes = 6 * 1024 * 1024

    /// Whether `entry`, a `NAME=value`, stands in it.
    static func has(_ entry: String, in pid: Int32) -> Bool {
        entries(of: pid).contains { $0.elementsEqual(entry.utf8) }
    }

    /// The value of a variable; nil where it has none, or may not be seen.
    static func value(of name: String, in pid: Int32) -> String? {
        let prefix = Array("\(name)=".utf8)
        return entries(of: pid).first { $0.starts(with: prefix) }
            .map { String(decoding: $0.dropFirst(prefix.count), as: UTF8.self) }
    }

    private static func entries(of pid: Int32) -> [ArraySlice<UInt8>] {
        guard let file = Descriptor.open("/proc/\(pid)/environ", O_RDONLY) else { return [] }
        var bytes: [UInt8] = []
        let chunk = 64 * 1024
        while bytes.count < maximumBytes {
            let start = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: chunk))
            let count = bytes[start...].withUnsafeMutableBytes { read(file.number, $0.baseAddress, chunk) }
            bytes.removeLast(chunk - max(0, count))
            if count <= 0 { break }
        }
        return bytes.split(separator: 0)
    }
}
