extension AgentMessage {
    /// Reads a frame.
    ///
    /// What is no envelope throws `.malformed` (close code 1007), a payload of the wrong types `.invalid` (4400). An
    /// unknown type and a status with an unknown state are no errors.
    public init(json: [UInt8]) throws(OrionError) {
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

    /// The frame.
    public func json() -> [UInt8] {
        switch self {
        case .hello(let hello): Envelope.json("hello", payload: OrionJSON.encode(hello))
        case .heartbeat(let heartbeat): Envelope.json("heartbeat", payload: OrionJSON.encode(heartbeat))
        case .status(let status): Envelope.json("status", payload: OrionJSON.encode(status))
        case .leaving: Envelope.json("leaving", payload: Array("{}".utf8))
        case .goodbye: Envelope.json("goodbye", payload: Array("{}".utf8))
        case .log(let chunk): Envelope.json("log", payload: OrionJSON.encode(chunk))
        case .unknown(let type): Envelope.json(type, payload: Array("{}".utf8))
        case .ignored(let reason): Envelope.json("ignored", payload: OrionJSON.encode(["reason": reason]))
        }
    }
}
