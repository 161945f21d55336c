import COrionSpawn
import Glibc

/// What has become of a process that an earlier agent wrote down.
enum Adoption: Sendable {
    /// It is there, alive or a zombie, and watched from now on.
    case adopted(WatchedProcess)
    /// It has ended. What it has left behind is for `Containment`: nothing proves any more whose group its number names.
    case gone
    /// Its number belongs to another process now, which must be left alone. It has ended, with its whole group.
    case notOurs
    /// It could not be looked at, for want of descriptors or memory: nobody knows. Whoever takes that for `gone` runs it
    /// twice.
    case unknown(errno: Int32)
}

extension ProcessIdentity {
    /// Takes the process over if it is the one that was written down: process id, start time and boot all agree.
    func adopt() -> Adoption {
        guard isOfThisBoot, pid > 0 else { return .gone }
        let number = orion_pidfd_open(pid)
        guard number >= 0 else { return Self.whyMissing(errno) }
        let pidfd = Descriptor(owning: number)
        // Looked at after opening: what the descriptor stands for cannot change any more, and while it is alive or a
        // zombie its number cannot come to another.
        errno = 0
        guard let status = ProcessStatus(pid: pid) else { return Self.whyMissing(errno) }
        guard status.startTicks == startTicks else { return .notOurs }
        return .adopted(WatchedProcess(self, pidfd: pidfd))
    }

    private static func whyMissing(_ number: Int32) -> Adoption {
        [EMFILE, ENFILE, ENOMEM].contains(number) ? .unknown(errno: number) : .gone
    }
}
