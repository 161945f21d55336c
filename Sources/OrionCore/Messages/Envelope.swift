/// The frame around every message: `{"type": …, "payload": {…}}`.
struct Envelope {
    let type: String
    let payload: JSONValue

    /// Parses a frame. What is no JSON, or no object with a `type`, throws `.malformed`; a payload left out is empty.
    init(json: Span<UInt8>) throws(OrionError) {
        guard case .object(let members) = try OrionJSON.parse(json) else { throw Self.notAnEnvelope("it is no object") }
        guard case .string(let type)? = members["type"] else { throw Self.notAnEnvelope("it has no `type`") }
        self.type = type
        self.payload = members["payload"] ?? .object([:])
    }

    /// Reads the payload; what it does not take throws `.invalid` and names the field.
    func read<Payload: JSONReadable>(_ type: Payload.Type) throws(OrionError) -> Payload {
        let reader = JSONReader(.lenient, path: [.key("payload")])
        let result = Payload.read(payload, by: reader)
        try reader.finish(self.type)
        guard let result else { throw OrionError(.invalid, "invalid \(self.type): it could not be read") }
        return result
    }

    /// A frame with a payload that is JSON already.
    static func json(_ type: String, payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.count + type.utf8.count + 24)
        append(type, to: &bytes) { $0 += payload }
        return bytes
    }

    /// A frame whose payload `write` puts at its place.
    static func json(_ type: String, _ write: (inout [UInt8]) -> Void) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        append(type, to: &bytes, write)
        return bytes
    }

    private static func append(_ type: String, to bytes: inout [UInt8], _ payload: (inout [UInt8]) -> Void) {
        bytes.appendObject { bytes in
            bytes.append("type", type)
            bytes.appendName("payload")
            payload(&bytes)
        }
    }

    private static func notAnEnvelope(_ reason: String) -> OrionError {
        OrionError(.malformed, "not an envelope {\"type\": …, \"payload\": {…}}: \(reason)")
    }
}
