extension ServiceSpecification {
    /// Refuses a directory or a file outside of the agent's workspace.
    func validatePlace(by reader: JSONReader) {
        let pathFault = RelativePath.fault(in: path, below: ".", root: "the agent's workspace")
        if let pathFault { reader.within(.key("path")) { reader.note("path \(pathFault)") } }
        let base = pathFault == nil ? path : "."
        if let fault = RelativePath.fault(in: entry, below: base, root: "the agent's workspace") {
            reader.within(.key("entry")) { reader.note("entry \(fault)") }
        }
    }

    /// Refuses what no cron can read, and for now every schedule.
    static func validate(schedule: String, by reader: JSONReader) {
        if let fault = CronExpression.fault(in: schedule) {
            reader.note("schedule \(fault)")
        } else {
            reader.note("schedule is not built yet: leave it out for a service that is kept running")
        }
    }

    /// Refuses a service that waits for itself, and one that is named twice.
    func validate(dependencies: [(index: Int, element: ServiceName)], by reader: JSONReader) {
        var seen: Set<ServiceName> = []
        for (index, dependency) in dependencies {
            reader.within(.index(index)) {
                if dependency == name {
                    reader.note("\(name) must not depend on itself")
                } else if !seen.insert(dependency).inserted {
                    reader.note("\(dependency) is named twice")
                }
            }
        }
    }

    /// Refuses a specification that is no longer fit for a frame. `document` is what it was read from.
    func refuseLargeSpecification(_ document: JSONValue, by reader: JSONReader) {
        // Encoded only where it might be too large: for a large document that would cost more than all the rest.
        guard document.mostBytes + 4096 > Limits.specificationBytes else { return }
        let count = OrionJSON.encode(self).count
        if count > Limits.specificationBytes {
            reader.note(
                "the service has \(count) bytes as JSON; at most \(Limits.specificationBytes) can be sent to an agent")
        }
    }
}

extension JSONValue {
    /// At most so many bytes it has as JSON.
    fileprivate var mostBytes: Int {
        switch self {
        case .null, .bool, .integer, .number: 32
        // `\u0000` for one byte is the longest escape.
        case .string(let text): 6 * text.utf8.count + 8
        case .array(let values): values.reduce(8) { $0 + $1.mostBytes }
        case .object(let members): members.reduce(8) { $0 + 6 * $1.key.utf8.count + 8 + $1.value.mostBytes }
        }
    }
}

extension HealthCheck {
    /// Refuses a check that is none, or of a port that the service does not have.
    func validate(ports: [Port], by reader: JSONReader) {
        let kinds = [http != nil, tcp != nil, exec != nil].count { $0 }
        guard kinds == 1 else {
            reader.note("health must have exactly one of http, tcp and exec, not \(kinds == 0 ? "none" : "\(kinds)")")
            return
        }
        if let http {
            reader.within(.key("http")) {
                if !http.path.hasPrefix("/") || http.path.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) {
                    reader.within(.key("path")) {
                        reader.note(
                            "path must begin with / and be ASCII without spaces, not \(JSONValue.shown(http.path))")
                    }
                }
                validate(port: http.port, of: ports, by: reader)
            }
        }
        if let tcp { reader.within(.key("tcp")) { validate(port: tcp.port, of: ports, by: reader) } }
    }

    private func validate(port name: String?, of ports: [Port], by reader: JSONReader) {
        guard let name else {
            if ports.isEmpty { reader.note("there is no port to check: declare one under ports") }
            return
        }
        guard let port = ports.first(where: { $0.name == name }) else {
            let names = ports.map(\.name)
            let hint = names.isEmpty ? "the service has none" : "it has \(names.joined(separator: ", "))"
            reader.within(.key("port")) {
                reader.note(
                    "port must be the name of one of the service's ports, not \(JSONValue.shown(name)): \(hint)")
            }
            return
        }
        if port.protocol == .udp {
            reader.within(.key("port")) { reader.note("port \(name) is a UDP port: only TCP ports can be checked") }
        }
    }
}
