extension AgentMessage {
    /// Reads a frame.
    ///
    /// What is no envelope throws `.malformed` (close code 1007), a payload of the wrong types `.invalid` (4400). An
    /// unknown type and a status with an unknown state are no errors.
    public init(json: Span<UInt8>) throws(OrionError) {
        if let message = AgentMessage(pulling: json) {
            self = message
        } else {
            try self.init(byTreeOf: json)
        }
    }

    /// Reads any frame: the one place that says what is wrong with one.
    package init(byTreeOf json: Span<UInt8>) throws(OrionError) {
        let envelope = try Envelope(json: json)
        switch envelope.type {
        case "hello": self = .hello(try envelope.read(Hello.self))
        case "heartbeat": self = .heartbeat(try envelope.read(Heartbeat.self))
        case "status":
            if ReplicaStatus.hasUnknownState(envelope.payload) {
                self = .ignored(reason: "a status has a state that this version does not know")
            } else {
                self = .status(try envelope.read(ReplicaStatus.self))
            }
        case "leaving": self = .leaving
        case "goodbye": self = .goodbye
        case "log": self = .log(try envelope.read(LogChunk.self))
        default: self = .unknown(type: envelope.type)
        }
    }

    /// Reads a frame that is an array of its own.
    public init(json: [UInt8]) throws(OrionError) { try self.init(json: json.span) }

    /// The frame.
    public func json() -> [UInt8] {
        switch self {
        case .hello(let hello): Envelope.json("hello", hello.write)
        case .heartbeat(let heartbeat): Envelope.json("heartbeat", heartbeat.write)
        case .status(let status): Envelope.json("status", status.write)
        case .leaving: Envelope.json("leaving", payload: Array("{}".utf8))
        case .goodbye: Envelope.json("goodbye", payload: Array("{}".utf8))
        case .log(let chunk): Envelope.json("log", payload: OrionJSON.encode(chunk))
        case .unknown(let type): Envelope.json(type, payload: Array("{}".utf8))
        case .ignored(let reason): Envelope.json("ignored", payload: OrionJSON.encode(["reason": reason]))
        }
    }
}
