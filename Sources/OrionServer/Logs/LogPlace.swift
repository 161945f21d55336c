/// A place to read on, as far as it is known.
enum LogPlace {
    /// Where the output's first piece will begin.
    case unknown
    case known(Int64)
}
