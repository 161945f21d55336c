import OrionAgentKit

/// Why the program ends: one line for standard error, and the exit status (sysexits.h).
struct StartupError: Error {
    enum Reason {
        /// A value that the setting does not take.
        case usage
        /// A value that could be right elsewhere.
        case configuration
        /// A feature of a later version.
        case unsupported
        /// The data directory cannot be used.
        case dataDirectory
        /// Something else: a bug, or the machine.
        case software
    }

    let reason: Reason
    /// Names the setting, the value and the way out.
    let message: String

    init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    init(_ error: AgentError) {
        let reason: Reason =
            switch error.code {
            case .usage: .usage
            case .setting: .configuration
            case .unsupported: .unsupported
            case .dataDirectory: .dataDirectory
            }
        self.init(reason, error.message)
    }

    var exitStatus: Int32 {
        switch reason {
        case .usage: 64
        case .configuration, .unsupported: 78
        case .dataDirectory: 74
        case .software: 70
        }
    }
}
