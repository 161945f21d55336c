/// Why a program cannot start, or ends: one line for standard error, and the exit status (sysexits.h).
public struct StartupError: Error {
    /// What kind of reason it is.
    public enum Reason: Sendable {
        /// A value that the setting does not take.
        case usage
        /// A value that could be right elsewhere: an address that cannot be bound, a port that is taken.
        case configuration
        /// A feature of a later version.
        case unsupported
        /// The files that the program keeps cannot be used.
        case storage
        /// Something else: a bug, or the machine.
        case software

        /// The exit status that says so.
        public var exitStatus: Int32 {
            switch self {
            case .usage: 64
            case .configuration, .unsupported: 78
            case .storage: 74
            case .software: 70
            }
        }
    }

    /// What the program ends with.
    public let exitStatus: Int32
    /// Names the setting, the value and the way out; one line.
    public let message: String

    /// An error of one of these kinds.
    public init(_ reason: Reason, _ message: String) { self.init(exitStatus: reason.exitStatus, message) }

    /// An error with an exit status from elsewhere.
    public init(exitStatus: Int32, _ message: String) {
        self.exitStatus = exitStatus
        // One line, whatever a value or the system's own words contain.
        self.message = String(
            String.UnicodeScalarView(
                message.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}
