/// Why the program cannot start: one line for standard error, and the exit status (sysexits.h).
struct StartupError: Error {
    enum Reason {
        /// A value that the setting does not take.
        case usage
        /// A value that could be right elsewhere: an address that cannot be bound, a port that is taken.
        case configuration
        /// A feature of a later version.
        case unsupported
        /// The state cannot be used.
        case state
        /// Something else: a bug, or the machine.
        case software

        var exitStatus: Int32 {
            switch self {
            case .usage: 64
            case .configuration, .unsupported: 78
            case .state: 74
            case .software: 70
            }
        }
    }

    let exitStatus: Int32
    /// Names the setting, the value and the way out.
    let message: String

    init(_ reason: Reason, _ message: String) { self.init(exitStatus: reason.exitStatus, message) }

    init(exitStatus: Int32, _ message: String) {
        self.exitStatus = exitStatus
        // One line, whatever a value or the system's own words contain.
        self.message = String(
            String.UnicodeScalarView(
                message.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}
