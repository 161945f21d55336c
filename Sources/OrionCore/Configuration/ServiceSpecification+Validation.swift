extension ServiceSpecification {
    /// Refuses a directory outside of the agent's workspace, and says why.
    func validatePath(by reader: JSONReader) -> String? {
        let fault = RelativePath.fault(in: path, below: ".", root: "the agent's workspace")
        if let fault { reader.within(.key("path")) { reader.note("path \(fault)") } }
        return fault
    }

    /// Refuses a file outside of the agent's workspace.
    func validateEntry(below path: String, by reader: JSONReader) {
        if let fault = RelativePath.fault(in: entry, below: path, root: "the agent's workspace") {
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
