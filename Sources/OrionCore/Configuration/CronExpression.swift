/// A cron expression: five fields of times, as `*/5 8-18 * * MON-FRI`.
struct CronExpression {
    /// What is wrong with the text; nil where it is an expression, and a time that it means comes.
    static func fault(in text: String) -> String? {
        if text.hasPrefix("@") {
            return "must be five fields, not a name such as \(JSONValue.shown(text)): @daily is written \"0 0 * * *\""
        }
        let parts = text.split { $0 == " " || $0 == "\t" }.map(String.init)
        guard parts.count == CronField.all.count else {
            let hint = parts.count == 6 ? ": there is none for seconds" : ""
            return "must have five fields (minute, hour, day, month, weekday), not \(parts.count)\(hint)"
        }
        var sets: [UInt64] = []
        for (part, field) in zip(parts, CronField.all) {
            switch field.values(of: part) {
            case .success(let values): sets.append(values)
            case .failure(let fault): return "has \(JSONValue.shown(part)) as its \(field.name): \(fault.message)"
            }
        }
        // Where the weekday is restricted too, one of the two is enough.
        if parts[4] == "*", !comes(days: sets[2], months: sets[3]) { return "means a day that no month has" }
        return nil
    }

    private static func comes(days: UInt64, months: UInt64) -> Bool {
        let lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...12).contains { months >> $0 & 1 == 1 && days.trailingZeroBitCount <= lengths[$0 - 1] }
    }
}

/// One of the five fields.
private struct CronField {
    struct Fault: Error { let message: String }

    let name: String
    let range: ClosedRange<Int>
    /// Names that stand for numbers, the first for the lower end of the range.
    var names: [String] = []

    static let all = [
        CronField(name: "minute", range: 0...59),
        CronField(name: "hour", range: 0...23),
        CronField(name: "day of the month", range: 1...31),
        CronField(
            name: "month", range: 1...12,
            names: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]),
        // Sunday is 0 and 7.
        CronField(name: "weekday", range: 0...7, names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]),
    ]

    /// The values that a list of ranges and steps means, a bit each.
    func values(of text: String) -> Result<UInt64, Fault> {
        var set: UInt64 = 0
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let span = parts.first else { return fault("it has two steps") }
            var step = 1
            if parts.count == 2 {
                guard let number = Int(parts[1]), range.contains(number) || number == 1, number > 0 else {
                    return fault("a step must be a number from 1 to \(range.upperBound)")
                }
                step = number
            }
            switch bounds(of: span, isOpen: parts.count == 2) {
            case .success(let bounds):
                for value in stride(from: bounds.lowerBound, through: bounds.upperBound, by: step) {
                    set |= 1 << UInt64(value)
                }
            case .failure(let fault): return .failure(fault)
            }
        }
        return .success(set)
    }

    /// `*`, `a-b`, `a`, or with a step behind it (`isOpen`) `a` up to the end.
    private func bounds(of text: Substring, isOpen: Bool) -> Result<ClosedRange<Int>, Fault> {
        if text == "*" { return .success(range) }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2, let lower = number(ends.first), let upper = number(ends.last) else {
            let named = names.isEmpty ? "" : " or names from \(names[0]) to \(names[names.count - 1])"
            let hint = text == "?" ? "; write * for any" : ""
            return fault("it takes numbers from \(range.lowerBound) to \(range.upperBound)\(named)\(hint)")
        }
        guard lower <= upper else { return fault("the range ends before it begins") }
        return .success(lower...(ends.count == 1 && isOpen ? range.upperBound : upper))
    }

    private func number(_ text: Substring?) -> Int? {
        guard let text else { return nil }
        if let index = names.firstIndex(of: text.uppercased()) { return index + range.lowerBound }
        guard text.utf8.allSatisfy(\.isDigit), let number = Int(text), range.contains(number) else { return nil }
        return number
    }

    private func fault<Value>(_ message: String) -> Result<Value, Fault> { .failure(Fault(message: message)) }
}
