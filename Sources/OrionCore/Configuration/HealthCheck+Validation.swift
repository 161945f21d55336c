extension HealthCheck {
    /// Refuses a check that is none, or of a port that the service does not have. It judges the document, not what was
    /// read from it, so that something wrong in one place hides nothing in another.
    ///
    /// `names` are those that the ports have in the document, nil where they are not known.
    static func validate(_ document: JSONValue, names: [String]?, ports: [Port], by reader: JSONReader) {
        guard case .object(let members) = document else { return }
        let kinds = ["http", "tcp", "exec"].count { members[$0] ?? .null != .null }
        if kinds != 1 {
            reader.note("health must have exactly one of http, tcp and exec, not \(kinds == 0 ? "none" : "\(kinds)")")
        }
        guard let names else { return }
        for kind in ["http", "tcp"] {
            guard case .object(let check)? = members[kind] else { continue }
            reader.within(.key(kind)) {
                switch check["port"] ?? .null {
                case .null:
                    if names.isEmpty {
                        reader.note("there is no port to check: declare one under ports")
                    } else if !ports.isEmpty, ports.allSatisfy({ $0.protocol == .udp }) {
                        reader.note("there is no TCP port to check: only TCP ports can be checked")
                    }
                case .string(let name):
                    reader.within(.key("port")) { validate(port: name, names: names, ports: ports, by: reader) }
                default: break
                }
            }
        }
    }

    private static func validate(port name: String, names: [String], ports: [Port], by reader: JSONReader) {
        guard names.contains(name) else {
            let hint = names.isEmpty ? "the service has none" : "it has \(names.joined(separator: ", "))"
            return reader.note(
                "port must be the name of one of the service's ports, not \(JSONValue.shown(name)): \(hint)")
        }
        if ports.first(where: { $0.name == name })?.protocol == .udp {
            reader.note("port \(name) is a UDP port: only TCP ports can be checked")
        }
    }
}

extension Port {
    /// The names in a list of ports as a document has it; nil where it is no list.
    static func names(in document: JSONValue) -> [String]? {
        guard case .array(let ports) = document else { return nil }
        return ports.compactMap { port in
            guard case .object(let members) = port, case .string(let name)? = members["name"] else { return nil }
            return name
        }
    }
}
