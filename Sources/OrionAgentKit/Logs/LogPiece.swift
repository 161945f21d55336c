/// What was read of an output file.
struct LogPiece: Hashable, Sendable {
    /// Where it begins.
    var offset: Int64
    /// Bytes before it that are no longer kept.
    var skipped: Int64 = 0
    var text: String
    /// Bytes of the file that it stands for.
    var length: Int64
    /// Whether nothing stands behind it, but for the beginning of a character perhaps.
    var isAtEnd: Bool
    /// The file's size when it was read.
    var size: Int64
}
