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

extension HealthCheck.HTTP: JSONReadable {
    /// Reads a GET.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> HealthCheck.HTTP? {
        var http = HealthCheck.HTTP()
        let isObject = reader.members(of: value) { fields in
            fields.read("path", into: &http.path)
            fields.read("port", into: &http.port)
        }
        return isObject ? http : nil
    }
}

extension HealthCheck.TCP: JSONReadable {
    /// Reads a connection.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> HealthCheck.TCP? {
        var tcp = HealthCheck.TCP()
        let isObject = reader.members(of: value) { fields in
            fields.read("port", into: &tcp.port)
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
