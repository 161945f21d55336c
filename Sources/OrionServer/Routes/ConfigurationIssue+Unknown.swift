import OrionCore

extension ConfigurationIssue {
    /// Each member of a body but the only one that is taken.
    static func unknown(in members: [String: JSONValue], butFor name: String) -> [ConfigurationIssue] {
        members.keys.filter { $0 != name }.sorted().map { unknown in
            ConfigurationIssue(
                path: [.key(unknown)],
                message: #"There is no field \#(quoted(unknown)) here; only "\#(name)" is taken."#)
        }
    }
}
