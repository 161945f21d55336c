/// A service's own environment variables, as a configuration has them.
enum Environment {
    /// Bytes of `KEY=value`: the kernel takes no longer string (MAX_ARG_STRLEN, its closing NUL counted).
    static let maximumEntryBytes = 131_071

    /// Variables that every replica is given, or a check of it, whatever `env` says.
    private static let given: Set = [
        "ORION_REPLICA_ID", "ORION_SERVICE_NAME", "ORION_NODE_NAME", "ORION_MANAGED", "ORION_FENCE", "ORION_AGENT_MARK",
        "ORION_HEALTH_CHECK",
    ]

    /// Reads `env`; in the strict manner each entry has to be one that a process can be given.
    static func read(_ value: JSONValue, ports: [Port], by reader: JSONReader) -> [String: String]? {
        if case .array = value { return reader.refuse("must be an object, NAME: value, not an array of NAME=value") }
        guard let variables = [String: String].read(value, by: reader), case .object(let members) = value else {
            return nil
        }
        if reader.isStrict {
            let given = given.union(ports.map(\.variableName)).union(ports.isEmpty ? [] : ["PORT"])
            for name in members.keys.sorted() {
                reader.within(.key(name)) {
                    // A name is judged whatever its value is.
                    if let fault = fault(name: name, value: variables[name] ?? "") {
                        reader.note(fault)
                    } else if given.contains(name) {
                        reader.warn("\(name) is set by Orion for every replica: the value here is not used")
                    }
                }
            }
        }
        return variables
    }

    private static func fault(name: String, value: String) -> String? {
        if name.isEmpty { return "the name of a variable must not be empty" }
        if name.utf8.contains(UInt8(ascii: "=")) {
            return "\(JSONValue.shown(name)) must not contain `=`: it ends the name of a variable"
        }
        if name.utf8.contains(0) || value.utf8.contains(0) {
            return "\(JSONValue.shown(name)) must not contain the character U+0000: no program can be given one"
        }
        if name.utf8.count + value.utf8.count + 1 > maximumEntryBytes {
            return "\(JSONValue.shown(name)) is longer than the \(maximumEntryBytes) bytes that a program can be given"
        }
        return nil
    }
}
