import Glibc

/// A file descriptor that is closed when its last owner lets go.
final class Descriptor: Sendable {
    let number: Int32

    /// Takes over `number`.
    init(owning number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// Opens a file close-on-exec, or nil with `errno`.
    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) -> Descriptor? {
        let number = Glibc.open(path, flags | O_CLOEXEC, mode)
        return number < 0 ? nil : Descriptor(owning: number)
    }
}
