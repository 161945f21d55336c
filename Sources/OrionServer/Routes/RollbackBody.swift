import OrionCore

/// The body of `/rollback`: `{"generation":N}`, or nothing.
struct RollbackBody {
    /// The generation to go back to; nil for that of the previous processes.
    let generation: Int?

    init(json: [UInt8]) throws(OrionError) {
        guard case .object(let members) = try OrionJSON.parse(json) else {
            throw OrionError(.invalid, #"Send an object, {"generation": 3}, or no body at all."#)
        }
        var issues = ConfigurationIssue.unknown(in: members, butFor: "generation")
        var wanted: Int?
        switch members["generation"] {
        case .integer(let number) where number >= 1: wanted = Int(number)
        case nil: break
        default:
            issues.append(
                ConfigurationIssue(path: [.key("generation")], message: "It must be a whole number, 1 or more."))
        }
        guard issues.isEmpty else {
            throw OrionError(.invalid, "The body is not valid; nothing was rolled back.", issues: issues)
        }
        generation = wanted
    }
}
