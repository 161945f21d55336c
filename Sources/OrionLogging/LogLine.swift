import Logging

/// The bytes of one line: ends with a newline, contains no other, and is no longer than what a pipe takes at once.
struct LogLine {
    /// PIPE_BUF: a pipe that has room takes a line of this length whole and without waiting.
    static let maximumBytes = 4096
    /// Of one value: the rest of it is cut, so that the others have room.
    static let valueBytes = 512

    let format: LogFormat
    private(set) var bytes: [UInt8] = []

    init(format: LogFormat) {
        self.format = format
        bytes.reserveCapacity(256)
    }

    mutating func write(
        level: Logger.Level, message: String, values: Logger.Metadata, time: WallTime = .now()
    ) {
        switch format {
        case .text: writeText(level: level, message: message, values: values, time: time)
        case .json: writeJSON(level: level, message: message, values: values, time: time)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func writeText(level: Logger.Level, message: String, values: Logger.Metadata, time: WallTime) {
        bytes += "\(time) \(level.rawValue) ".utf8
        append(escaped: message, limit: Self.maximumBytes / 2, quoted: false)
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            let text = value.description
            guard bytes.count + key.utf8.count + Self.valueBytes + 16 < Self.maximumBytes else { break }
            bytes += " \(key)=".utf8
            if text.isEmpty || text.utf8.contains(where: { $0 <= 0x20 || $0 == UInt8(ascii: "\"") }) {
                append(escaped: text, limit: Self.valueBytes, quoted: true)
            } else {
                append(escaped: text, limit: Self.valueBytes, quoted: false)
            }
        }
    }

    private mutating func writeJSON(level: Logger.Level, message: String, values: Logger.Metadata, time: WallTime) {
        bytes += #"{"time":"\#(time)","level":"\#(level.rawValue)","message":"#.utf8
        append(escaped: message, limit: Self.maximumBytes / 2, quoted: true)
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            let text = value.description
            guard bytes.count + key.utf8.count * 6 + Self.valueBytes + 16 < Self.maximumBytes else { break }
            bytes.append(UInt8(ascii: ","))
            append(escaped: key, limit: .max, quoted: true)
            bytes.append(UInt8(ascii: ":"))
            append(escaped: text, limit: Self.valueBytes, quoted: true)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// Appends text with JSON's escapes, cut with `…` where it would take more than `limit` bytes.
    private mutating func append(escaped text: String, limit: Int, quoted: Bool) {
        if quoted { bytes.append(UInt8(ascii: "\"")) }
        let start = bytes.count
        for scalar in text.unicodeScalars {
            if bytes.count - start >= limit {
                bytes += "…".utf8
                break
            }
            switch scalar {
            case "\n": bytes += #"\n"#.utf8
            case "\r": bytes += #"\r"#.utf8
            case "\t": bytes += #"\t"#.utf8
            case "\"" where quoted: bytes += #"\""#.utf8
            case "\\" where quoted: bytes += #"\\"#.utf8
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                bytes += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
            default: bytes += String(scalar).utf8
            }
        }
        if quoted { bytes.append(UInt8(ascii: "\"")) }
    }
}
