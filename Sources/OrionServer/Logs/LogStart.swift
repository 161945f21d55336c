/// Where in an output a client begins.
enum LogStart: Hashable, Sendable {
    /// So many lines before its end.
    case lastLines(Int)
    /// At a byte of the file; 0 for all that is kept.
    case offset(Int64)
}
