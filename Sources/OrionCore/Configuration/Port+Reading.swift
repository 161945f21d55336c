extension Port.TransportProtocol: JSONReadable {}

extension Port: JSONReadable {
    /// Reads a port.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Port? {
        if case .integer(let number) = value {
            return reader.refuse("must be an object such as {name: http, port: \(number)}, not \(number)")
        }
        var port: Port?
        _ = reader.members(of: value) { fields in
            var name: String?
            let isThere = fields.with("name") { name = readName($0, by: reader) }
            if !isThere { reader.missing("name", hint: ": give each port one, such as http") }
            var result = Port(name: name ?? "")
            fields.read("port", into: &result.port, in: Limits.ports)
            fields.read("protocol", into: &result.protocol)
            fields.read("targetPort", into: &result.targetPort, in: Limits.ports)
            if reader.isStrict { result.warn(by: reader) }
            if name != nil { port = result }
        }
        return port
    }

    /// The part of a variable's name that tells a replica this port: `ORION_PORT_<NAME>`.
    public var variableName: String {
        "ORION_PORT_" + name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "_" }.joined()
    }

    /// Reads a list of ports; in the strict manner no two may have the same name or number.
    static func readList(_ value: JSONValue, by reader: JSONReader) -> [Port]? {
        guard let ports = reader.elements(Port.self, of: value) else { return nil }
        if reader.isStrict { refuseTwins(ports, by: reader) }
        return ports.map(\.element)
    }

    private static func refuseTwins(_ ports: [(index: Int, element: Port)], by reader: JSONReader) {
        var names: [String: Port] = [:]
        var numbers: Set<String> = []
        for (index, port) in ports {
            reader.within(.index(index)) {
                if let twin = names.updateValue(port, forKey: port.variableName) {
                    let reason =
                        twin.name == port.name
                        ? "is the name of an earlier port too"
                        : "cannot be told from \(JSONValue.shown(twin.name)): both would be \(port.variableName)"
                    reader.within(.key("name")) { reader.note("\(JSONValue.shown(port.name)) \(reason)") }
                }
                if let number = port.port, !numbers.insert("\(number)/\(port.protocol.rawValue)").inserted {
                    reader.within(.key("port")) { reader.note("\(number) is the number of an earlier port too") }
                }
            }
        }
    }

    /// A name that can be part of a variable's.
    private static func readName(_ value: JSONValue, by reader: JSONReader) -> String? {
        guard let name = String.read(value, by: reader) else { return nil }
        guard reader.isStrict else { return name }
        let isPlain = name.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "-" || scalar == "_")
        }
        guard isPlain, (1...Limits.nameLength).contains(name.utf8.count) else {
            return reader.refuse(
                "must be 1 to \(Limits.nameLength) letters, digits, hyphens and underscores, not \(JSONValue.shown(name))"
            )
        }
        return name
    }

    private func warn(by reader: JSONReader) {
        guard let targetPort, targetPort != port else { return }
        reader.within(.key("targetPort")) {
            reader.warn("targetPort is kept but not acted on: the replica listens on the port that PORT tells it")
        }
    }
}
