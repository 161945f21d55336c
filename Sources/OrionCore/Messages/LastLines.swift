/// The end of what a replica wrote: said with a status that something is wrong, so that the reason can be read later without
/// its node. Never more than fits in a status, however long the lines are.
public struct LastLines: Hashable, Sendable {
    /// Lines of each output.
    public static let maximumLines = 10
    /// Bytes of each output as UTF-8.
    public static let maximumBytes = 1024

    /// Of standard output.
    public let stdout: [String]
    /// Of standard error.
    public let stderr: [String]

    /// The end of these lines, as far as there is room: empty ones are left out, and where one is cut `…` stands for what is
    /// missing before it. Nil where nothing is left.
    public init?(stdout: [String], stderr: [String]) {
        self.stdout = Self.end(of: stdout)
        self.stderr = Self.end(of: stderr)
        if self.stdout.isEmpty, self.stderr.isEmpty { return nil }
    }

    private static func end(of lines: [String]) -> [String] {
        var end: [String] = []
        var room = maximumBytes
        for line in lines.reversed() where !line.isEmpty {
            guard end.count < maximumLines else { break }
            guard line.utf8.count <= room else {
                if let cut = line.cutAtFront(toBytes: room) { end.append(cut) }
                break
            }
            end.append(line)
            room -= line.utf8.count
        }
        return end.reversed()
    }
}

extension String {
    /// The last characters that fit in so many bytes behind a `…`; nil where there is no room for that.
    fileprivate func cutAtFront(toBytes limit: Int) -> String? {
        let ellipsis = "…"
        guard limit > ellipsis.utf8.count else { return nil }
        var start = utf8.index(utf8.endIndex, offsetBy: ellipsis.utf8.count - limit)
        while start < utf8.endIndex, start.samePosition(in: unicodeScalars) == nil { start = utf8.index(after: start) }
        return ellipsis + self[start...]
    }
}

extension LastLines: Encodable {
    private enum CodingKeys: String, CodingKey {
        case stdout, stderr
    }

    /// An output of which there are no lines is left out.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if !stdout.isEmpty { try container.encode(stdout, forKey: .stdout) }
        if !stderr.isEmpty { try container.encode(stderr, forKey: .stderr) }
    }
}

extension LastLines: JSONReadable {
    /// Reads the lines, and cuts them where they are too many or too long.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> LastLines? {
        var lines: (stdout: [String], stderr: [String]) = ([], [])
        let isObject = reader.members(of: value) { fields in
            fields.read("stdout", into: &lines.stdout)
            fields.read("stderr", into: &lines.stderr)
        }
        return isObject ? LastLines(stdout: lines.stdout, stderr: lines.stderr) : nil
    }
}
