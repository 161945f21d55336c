/// Why a replica's command or directory cannot be made out, before anything was started.
struct LaunchError: Error, Hashable, CustomStringConvertible {
    /// One sentence for a person, which names the field and the reason.
    let message: String

    var description: String { message }
}
