/// The front of a stretch of a file, as text: cut at a character, invalid bytes as U+FFFD.
///
/// Where bytes had to be replaced, the text is one line or a part of one, so that a place in all other texts is a place in
/// the file: the control plane counts on it where it says how far a reader has come.
struct LogText: Hashable, Sendable {
    let text: String
    /// Bytes of the file that it stands for.
    let length: Int
    /// Bytes at the end that are the beginning of a character.
    let unfinished: Int

    /// - Parameter isComplete: whether nothing will follow; else the beginning of a character at the end waits for its rest.
    init(_ bytes: ArraySlice<UInt8>, isComplete: Bool) {
        unfinished = isComplete ? 0 : Self.unfinishedBytes(at: bytes)
        let bytes = bytes.dropLast(unfinished)
        if let text = String(validating: bytes, as: UTF8.self) {
            self.text = text
            length = bytes.count
            return
        }
        var valid = bytes.startIndex
        var line = bytes.prefix(0)
        while valid < bytes.endIndex {
            line = Self.line(of: bytes, at: valid)
            guard String(validating: line, as: UTF8.self) != nil else { break }
            valid = line.endIndex
        }
        let front = valid == bytes.startIndex ? line : bytes[..<valid]
        text = String(decoding: front, as: UTF8.self)
        length = front.count
    }

    private static func line(of bytes: ArraySlice<UInt8>, at start: Int) -> ArraySlice<UInt8> {
        let end = bytes[start...].firstIndex(of: 0x0A)
        return end.map { bytes[start...$0] } ?? bytes[start...]
    }

    /// How many bytes at the end are the beginning of a character (RFC 3629 §3).
    private static func unfinishedBytes(at bytes: ArraySlice<UInt8>) -> Int {
        for (count, byte) in zip(1...3, bytes.reversed()) {
            switch byte {
            case 0x80...0xBF: continue
            case 0xC2...0xDF: return count < 2 ? count : 0
            case 0xE0...0xEF: return count < 3 ? count : 0
            case 0xF0...0xF4: return count
            default: return 0
            }
        }
        return 0
    }
}
