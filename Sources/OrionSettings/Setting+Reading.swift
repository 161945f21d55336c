/// What a setting's text stands for; whatever does not fit is refused with what would.
extension Setting {
    /// A number of seconds.
    public func seconds(in range: ClosedRange<Double>) throws(StartupError) -> Double {
        guard let number = Double(value), range.contains(number) else {
            throw refusal(.usage, "give a number of seconds from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A number above 0.
    public func amount(_ unit: String) throws(StartupError) -> Double {
        guard let number = Double(value), number.isFinite, number > 0, number <= 1e12 else {
            throw refusal(.usage, "give a number of \(unit) above 0")
        }
        return number
    }

    /// One of a few names.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type
    ) throws(StartupError) -> Choice {
        guard let choice = Choice(rawValue: value) else {
            throw refusal(.usage, "give \(type.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// A switch.
    public func flag() throws(StartupError) -> Bool {
        switch value.lowercased() {
        case "true", "1", "yes", "on": return true
        case "false", "0", "no", "off": return false
        default: throw refusal(.usage, "give true or false")
        }
    }

    /// A name or id that can stand in a log and a table: 1 to 256 bytes without control characters.
    public func name() throws(StartupError) -> String {
        guard (1...256).contains(value.utf8.count), !value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
            throw refusal(.usage, "give 1 to 256 bytes without control characters")
        }
        return value
    }
}
