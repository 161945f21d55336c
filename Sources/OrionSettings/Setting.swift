/// A setting's value and where it came from.
public struct Setting: Sendable {
    /// The value, as it was given.
    public let value: String
    /// The flag or the variable, as a message names it.
    public let source: String

    /// A value from somewhere else.
    public init(value: String, source: String) {
        self.value = value
        self.source = source
    }

    /// The flag's value, else the variable's; nil where neither is set.
    public init?(_ flag: String, _ given: String?, _ variable: String) {
        if let given {
            self.init(value: given, source: flag)
        } else if let found = Environment[variable] {
            self.init(value: found, source: variable)
        } else {
            return nil
        }
    }

    /// The flag's value, else the variable's, else the default.
    public static func value(_ flag: String, _ given: String?, _ variable: String, default: String) -> Setting {
        Setting(flag, given, variable) ?? Setting(value: `default`, source: flag)
    }

    /// The values of a repeatable flag, else those of the variable, which holds several with commas between.
    public static func list(_ flag: String, _ given: [String], _ variable: String) -> [Setting] {
        given.isEmpty
            ? Setting(flag, nil, variable)?.parts ?? [] : given.map { Setting(value: $0, source: flag) }
    }

    /// The values between the commas of this one.
    public var parts: [Setting] {
        value.split(separator: ",").map { Setting(value: String($0.drop { $0 == " " }), source: source) }
    }

    /// An error that names setting and value; `message` goes on after them.
    public func refusal(_ reason: StartupError.Reason, _ message: String) -> StartupError {
        StartupError(reason, "\(source) \"\(value.prefix(500))\": \(message)\(message.hasSuffix(".") ? "" : ".")")
    }
}
