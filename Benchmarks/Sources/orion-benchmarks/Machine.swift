import Glibc

/// The machine that was measured on.
struct Machine: Encodable {
    var processor: String
    var cores: Int
    var memoryMiB: Int
    var kernel: String

    /// This one.
    static var this: Machine {
        var name = utsname()
        uname(&name)
        let kernel = withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return Machine(
            processor: ProcFile("/proc/cpuinfo").value(of: "model name") ?? "unknown processor",
            cores: sysconf(Int32(_SC_NPROCESSORS_ONLN)),
            memoryMiB: (ProcFile("/proc/meminfo").kibibytes(of: "MemTotal") ?? 0) / 1024,
            kernel: kernel)
    }

    /// In one line.
    var text: String { "\(processor), \(cores) cores, \(memoryMiB / 1024) GiB, Linux \(kernel)" }
}
