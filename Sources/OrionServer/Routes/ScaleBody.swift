import OrionCore

/// The body of `/scale`: `{"replicas":N}` and nothing else.
struct ScaleBody {
    let replicas: Int

    init(json: [UInt8]) throws(OrionError) {
        guard case .object(let members) = try OrionJSON.parse(json) else {
            throw OrionError(.invalid, #"Send an object: {"replicas": 3}."#)
        }
        var issues = ConfigurationIssue.unknown(in: members, butFor: "replicas")
        var wanted = 0
        let range = ServiceSpecification.replicaCounts
        switch members["replicas"] {
        case .integer(let number) where range.contains(Int(number)): wanted = Int(number)
        case nil: issues.append(ConfigurationIssue(path: [.key("replicas")], message: "It is required."))
        default:
            issues.append(
                ConfigurationIssue(
                    path: [.key("replicas")],
                    message: "It must be a whole number from \(range.lowerBound) to \(range.upperBound)."))
        }
        guard issues.isEmpty else {
            throw OrionError(.invalid, "The body is not valid; nothing was scaled.", issues: issues)
        }
        replicas = wanted
    }
}
