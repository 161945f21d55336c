import OrionCore

extension LogFile {
    /// The last lines of a file, as far as they are worth saying with a status; none of one that cannot be read. A page of a
    /// file that was just written to, so that nothing waits for a disk.
    static func lastLines(of path: String) -> [String] {
        guard let file = try? LogFile(path), let size = try? file.size() else { return [] }
        // One byte more than is said, so that a line that is cut is longer than that, and known for it.
        let start = max(0, size - Int64(LastLines.maximumBytes) - 1)
        guard let bytes = try? file.read(at: start, count: Int(size - start)) else { return [] }
        // The middle of a character that lost its beginning.
        let rest = start > 0 ? bytes.prefix(3).prefix { $0 & 0xC0 == 0x80 }.count : 0
        var lines = bytes[rest...].split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        if start > 0, bytes.first != 0x0A, let first = lines.first { lines[0] = "…" + first }
        return lines
    }
}

extension ReplicaFolder {
    /// What was written last; nil where nothing was.
    var lastLines: LastLines? {
        LastLines(stdout: LogFile.lastLines(of: stdoutPath), stderr: LogFile.lastLines(of: stderrPath))
    }
}
