import Glibc

/// Writes text files.
enum TextFile {
    static func write(_ text: String, to path: String) throws {
        let bytes = Array(text.utf8)
        guard let file = fopen(path, "w"), fwrite(bytes, 1, bytes.count, file) == bytes.count, fclose(file) == 0 else {
            throw BenchmarkError("cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }
}
