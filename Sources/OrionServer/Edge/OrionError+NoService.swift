import OrionCore

extension OrionError {
    /// There is none of that name.
    static func noService(_ name: String) -> OrionError {
        OrionError(.notFound, "There is no service \(quoted(name)).")
    }
}
