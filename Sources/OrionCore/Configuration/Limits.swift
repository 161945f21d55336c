/// The limits of a configuration. Each is far beyond what anyone means and far below what hurts.
enum Limits {
    /// Services of a document.
    static let services = 10_000
    /// Machines of a document.
    static let nodes = 10_000
    /// Bytes of a specification as JSON: one frame of 1 MiB has to hold it with room to spare.
    static let specificationBytes = 256 * 1024
    /// Characters of a service's name: with a fence behind it, it is still a file name.
    static let nameLength = 56
    /// Ports that there are.
    static let ports = 1...65535
    /// Any duration: up to a year.
    static let anySeconds = 0.0...31_536_000
    /// A duration that something waits for again and again.
    static let someSeconds = 0.01...31_536_000
    /// Of an agent's lease: it looks twice a second, and pings four times as often as it lasts.
    static let leaseSeconds = 1...31_536_000.0
    /// A duration of ending something.
    static let graceSeconds = 0.0...86_400
    /// Cores.
    static let cores = 0.0...1_000_000
    /// MiB.
    static let memory = 0.0...1_000_000_000_000
}
