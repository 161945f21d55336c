import Glibc

/// Which process this is, among all that ever run on this machine: a process id alone comes round again.
package struct ProcessIdentity: Codable, Hashable, Sendable {
    /// Also the id of its session and of its process group, which it leads.
    package var pid: Int32
    /// When it was started, in clock ticks since boot (field 22 of `/proc/PID/stat`).
    package var startTicks: UInt64
    /// The boot that it was started in.
    package var bootID: String

    package init(pid: Int32, startTicks: UInt64, bootID: String) {
        self.pid = pid
        self.startTicks = startTicks
        self.bootID = bootID
    }

    /// This boot's id; empty where `/proc` does not tell, and then nothing is ever adopted.
    static let bootID: String = {
        guard let file = Descriptor.open("/proc/sys/kernel/random/boot_id", O_RDONLY) else { return "" }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = max(0, read(file.number, &bytes, bytes.count))
        return String(decoding: bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }()

    /// Whether something may be left of it: nothing is of an earlier boot.
    var mayBeOfThisBoot: Bool { bootID == Self.bootID }

    /// Whether the record is known to be of this boot.
    var isOfThisBoot: Bool { !bootID.isEmpty && mayBeOfThisBoot }
}
