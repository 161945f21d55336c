extension HealthCheck: JSONReadable {
    /// Reads a check; in the strict manner it has to be exactly one of the three.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> HealthCheck? {
        var health = HealthCheck()
        let isObject = reader.members(of: value) { fields in
            fields.read("http", into: &health.http)
            fields.read("tcp", into: &health.tcp)
            fields.read("exec", into: &health.exec)
            fields.read("intervalSeconds", into: &health.intervalSeconds, in: 0.1...86_400)
            fields.read("timeoutSeconds", into: &health.timeoutSeconds, in: 0.1...86_400)
            fields.read("failureThreshold", into: &health.failureThreshold, in: 1...1000)
            fields.read("startPeriodSeconds", into: &health.startPeriodSeconds, in: Limits.anySeconds)
        }
        return isObject ? health : nil
    }
}

extension HealthCheck {
    /// Takes a port's name. A number in quotes would be none either, so that is not what to write.
    fileprivate static func portName(_ value: JSONValue, by reader: JSONReader) -> String? {
        if case .string(let name) = value { return name }
        return reader.refuse("must be the name of one of the service's ports, such as http, not \(value.shown)")
    }
}

extension HealthCheck.HTTP: JSONReadable {
    /// Reads a GET.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> HealthCheck.HTTP? {
        var http = HealthCheck.HTTP()
        let isObject = reader.members(of: value) { fields in
            fields.with("path") { value in
                guard let path = String.read(value, by: reader) else { return }
                if reader.isStrict, !isPath(path) {
                    reader.note("path must begin with / and be ASCII without spaces, not \(JSONValue.shown(path))")
                }
                http.path = path
            }
            fields.with("port") { http.port = HealthCheck.portName($0, by: reader) }
        }
        return isObject ? http : nil
    }

    private static func isPath(_ text: String) -> Bool {
        text.hasPrefix("/") && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

extension HealthCheck.TCP: JSONReadable {
    /// Reads a connection.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> HealthCheck.TCP? {
        var tcp = HealthCheck.TCP()
        let isObject = reader.members(of: value) { fields in
            fields.with("port") { tcp.port = HealthCheck.portName($0, by: reader) }
        }
        return isObject ? tcp : nil
    }
}

extension HealthCheck.Exec: JSONReadable {
    /// Reads a command.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> HealthCheck.Exec? {
        var exec: HealthCheck.Exec?
        _ = reader.members(of: value) { fields in
            if let command = fields.required("command", Command.self) { exec = HealthCheck.Exec(command: command) }
        }
        return exec
    }
}
