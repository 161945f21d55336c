import Glibc

/// The environment variables of this process, or of a test.
struct Environment {
    let value: @Sendable (String) -> String?

    /// This process's.
    static let process = Environment { name in getenv(name).map { String(cString: $0) } }

    /// The variable's value; an empty one counts as not set, as unit files and Compose files leave them.
    subscript(name: String) -> String? {
        guard let value = value(name), !value.isEmpty else { return nil }
        return value
    }
}

/// A setting's value and where it came from.
struct Setting {
    let value: String
    /// The flag or the variable, as the message names it.
    let source: String

    /// The flag's value, else the variable's.
    static func given(_ flag: String, _ given: String?, _ variable: String, _ environment: Environment) -> Setting? {
        if let given { return Setting(value: given, source: flag) }
        return environment[variable].map { Setting(value: $0, source: variable) }
    }

    /// The flag's value, else the variable's, else the default.
    static func value(
        _ flag: String, _ given: String?, _ variable: String, _ environment: Environment, default: String
    ) -> Setting {
        Self.given(flag, given, variable, environment) ?? Setting(value: `default`, source: flag)
    }

    /// An error that names setting and value; `message` goes on after them.
    func refusal(_ reason: StartupError.Reason, _ message: String) -> StartupError {
        let shown = String(value.prefix(500))
        return StartupError(reason, "\(source) \"\(shown)\": \(message)\(message.hasSuffix(".") ? "" : ".")")
    }

    /// A number of seconds.
    func seconds(in range: ClosedRange<Double>) throws(StartupError) -> Double {
        guard let number = Double(value), range.contains(number) else {
            throw refusal(.usage, "give a number of seconds from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// One of a few names.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ type: Choice.Type) throws(StartupError) -> Choice {
        guard let choice = Choice(rawValue: value) else {
            throw refusal(.usage, "give \(type.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// A switch.
    func flag() throws(StartupError) -> Bool {
        switch value.lowercased() {
        case "true", "1", "yes", "on": return true
        case "false", "0", "no", "off": return false
        default: throw refusal(.usage, "give true or false")
        }
    }
}
