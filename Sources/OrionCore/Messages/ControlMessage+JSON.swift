extension ControlMessage {
    /// Reads a frame. What is no envelope throws `.malformed`, a payload of the wrong types `.invalid`; an unknown type is
    /// no error.
    public init(json: [UInt8]) throws(OrionError) {
        let envelope = try Envelope(json: json.span)
        switch envelope.type {
        case "welcome": self = .welcome(try envelope.read(Welcome.self))
        case "launch": self = .launch(try envelope.read(Launch.self))
        case "stop": self = .stop(try envelope.read(Stop.self))
        case "update": self = .update(try envelope.read(Update.self))
        case "sync": self = .sync
        case "logs": self = .logs(try envelope.read(LogRequest.self))
        default: self = .unknown(type: envelope.type)
        }
    }

    /// The frame; the bytes of a specification are spliced in, not made again.
    public func json() -> [UInt8] {
        switch self {
        case .welcome(let welcome): Envelope.json("welcome", payload: OrionJSON.encode(welcome))
        case .launch(let launch): Envelope.json("launch", payload: launch.json())
        case .stop(let stop): Envelope.json("stop", payload: OrionJSON.encode(stop))
        case .update(let update): Envelope.json("update", payload: update.json())
        case .sync: Envelope.json("sync", payload: Array("{}".utf8))
        case .logs(let request): Envelope.json("logs", payload: OrionJSON.encode(request))
        case .unknown(let type): Envelope.json(type, payload: Array("{}".utf8))
        }
    }
}

extension Launch {
    /// The payload.
    fileprivate func json() -> [UInt8] {
        OrionJSON.splice(Rest(fence: fence, generation: generation, replicaId: replicaId), ["service": service.json])
    }

    private struct Rest: Encodable {
        let fence: Fence?
        let generation: Int?
        let replicaId: ReplicaID
    }
}

extension Update {
    /// The payload.
    fileprivate func json() -> [UInt8] {
        OrionJSON.splice(Rest(generation: generation, serviceName: serviceName), ["config": config.json])
    }

    private struct Rest: Encodable {
        let generation: Int?
        let serviceName: ServiceName
    }
}
