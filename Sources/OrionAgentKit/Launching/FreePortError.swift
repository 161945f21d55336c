/// Why no port could be picked.
struct FreePortError: Error, Hashable, CustomStringConvertible {
    /// The errno of the call that failed; `EADDRINUSE` where all ports are taken.
    let errno: Int32
    let message: String

    var description: String { message }
}
