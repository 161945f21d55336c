import OrionAgentKit
import OrionSettings

extension StartupError {
    /// Why the agent ends.
    init(_ error: AgentError) {
        let reason: Reason =
            switch error.code {
            case .usage: .usage
            case .setting: .configuration
            case .dataDirectory, .dataDirectoryInUse, .processes: .storage
            }
        self.init(reason, error.message)
    }
}
