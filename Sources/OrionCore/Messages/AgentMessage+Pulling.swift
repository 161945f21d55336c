/// The messages that agents send by the thousand, read without a tree (`JSONParser+Pulling`).
extension AgentMessage {
    /// A usual `heartbeat`, `status` or `hello`; nil for everything else, which is not to say that it is wrong.
    package init?(pulling json: Span<UInt8>) {
        var parser = JSONParser(json)
        do throws(JSONDeclined) {
            self = try Self.pull(from: &parser)
        } catch {
            return nil
        }
    }

    private enum Field: Int, JSONField {
        case type, payload
        static let names: [StaticString] = ["type", "payload"]
    }

    private enum Kind: Int, JSONField {
        case heartbeat, status, hello
        static let names: [StaticString] = ["heartbeat", "status", "hello"]
    }

    private static func pull(from parser: inout JSONParser) throws(JSONDeclined) -> AgentMessage {
        var kind: Kind?
        var message: AgentMessage?
        parser.skipWhitespace()
        var members = PulledMembers<Field>()
        while let field = try members.next(&parser) {
            switch (field, kind) {
            case (.type, _): kind = try parser.pullName(of: Kind.self)
            case (.payload, .heartbeat): message = .heartbeat(try Heartbeat(pulling: &parser))
            case (.payload, .status): message = .status(try ReplicaStatus(pulling: &parser))
            case (.payload, .hello): message = .hello(try Hello(pulling: &parser))
            case (.payload, nil): throw JSONDeclined()
            }
        }
        try parser.pullEnd()
        guard let message else { throw JSONDeclined() }
        return message
    }
}
