extension Port.TransportProtocol: JSONReadable {}

extension Port: JSONReadable {
    /// Reads a port.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Port? {
        if case .integer(let number) = value {
            return reader.refuse("must be an object such as {name: http, port: \(number)}, not \(number)")
        }
        var port: Port?
        _ = reader.members(of: value) { fields in
            let name = fields.required("name", String.self, hint: ": give each port one, such as http")
            var result = Port(name: name ?? "")
            fields.read("port", into: &result.port, in: Limits.ports)
            fields.read("protocol", into: &result.protocol)
            fields.read("targetPort", into: &result.targetPort, in: Limits.ports)
            if name != nil { port = result }
        }
        return port
    }
}
