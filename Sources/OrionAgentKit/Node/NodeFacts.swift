import Glibc

/// What the machine says of itself.
enum NodeFacts {
    static var hostName: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "localhost" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Cores.
    static var cpu: Double { Double(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// MiB, whole ones.
    static var memoryMiB: Double {
        (Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE))) / (1024 * 1024)).rounded(.down)
    }

    /// `os` and `arch`, in the words that Go and container images use.
    static var labels: [String: String] {
        #if arch(x86_64)
            ["os": "linux", "arch": "amd64"]
        #elseif arch(arm64)
            ["os": "linux", "arch": "arm64"]
        #else
            ["os": "linux"]
        #endif
    }
}
