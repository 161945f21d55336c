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
        parser.skipWhitespace()
        var members = PulledMembers<Field>()
        guard try members.next(&parser) == .type else { throw JSONDeclined() }
        let kind = try parser.pullName(of: Kind.self)
        guard try members.next(&parser) == .payload else { throw JSONDeclined() }
        let message: AgentMessage =
            switch kind {
            case .heartbeat: .heartbeat(try Heartbeat(pulling: &parser))
            case .status: .status(try ReplicaStatus(pulling: &parser))
            case .hello: .hello(try Hello(pulling: &parser))
            }
        guard try members.next(&parser) == nil else { throw JSONDeclined() }
        try parser.pullEnd()
        return message
    }
}
