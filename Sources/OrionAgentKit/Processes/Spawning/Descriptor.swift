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

    /// Whether that is, for now, the path of the open file.
    func isNamed(_ path: String) -> Bool {
        var (own, named) = (stat(), stat())
        return fstat(number, &own) == 0 && stat(path, &named) == 0 && own.st_ino == named.st_ino
            && own.st_dev == named.st_dev
    }

    /// Opens a file close-on-exec, or nil with `errno`.
    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) -> Descriptor? {
        let number = Glibc.open(path, flags | O_CLOEXEC, mode)
        return number < 0 ? nil : Descriptor(owning: number)
    }
}
