import Glibc

/// A setting's value and where it came from.
struct Setting {
    let value: String
    /// The flag or the variable, as a message names it.
    let source: String

    /// The flag's value, else the variable's; nil where neither is set. An empty variable counts as not set, as unit
    /// files leave them.
    init?(_ flag: String, _ given: String?, _ variable: String) {
        if let given {
            (value, source) = (given, flag)
        } else if let found = getenv(variable).map({ String(cString: $0) }), !found.isEmpty {
            (value, source) = (found, variable)
        } else {
            return nil
        }
    }

    /// The flag's value, else the variable's, else the default.
    static func value(_ flag: String, _ given: String?, _ variable: String, default: String) -> Setting {
        Setting(flag, given, variable) ?? Setting(value: `default`, source: flag)
    }

    /// The values of a repeatable flag, else those of the variable, which holds several with commas between.
    static func list(_ flag: String, _ given: [String], _ variable: String) -> [Setting] {
        given.isEmpty
            ? Setting(flag, nil, variable)?.parts ?? [] : given.map { Setting(value: $0, source: flag) }
    }

    /// The values between the commas of this one.
    var parts: [Setting] {
        value.split(separator: ",").map { Setting(value: String($0.drop { $0 == " " }), source: source) }
    }

    /// An error that names setting and value; `message` goes on after them.
    func refusal(_ reason: StartupError.Reason, _ message: String) -> StartupError {
        let shown = value.unicodeScalars.prefix(200).map { $0.properties.generalCategory == .control ? "?" : $0 }
        return StartupError(reason, "\(source) \"\(String(String.UnicodeScalarView(shown)))\": \(message).")
    }

    /// A number above 0.
    func amount(_ unit: String) throws(StartupError) -> Double {
        guard let number = Double(value), number.isFinite, number > 0, number <= 1e12 else {
            throw refusal(.usage, "give a number of \(unit) above 0")
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

    /// A name or id that can stand in a log and a table: 1 to 256 bytes without control characters.
    func name() throws(StartupError) -> String {
        guard (1...256).contains(value.utf8.count), !value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
            throw refusal(.usage, "give 1 to 256 bytes without control characters")
        }
        return value
    }

    init(value: String, source: String) {
        (self.value, self.source) = (value, source)
    }
}
