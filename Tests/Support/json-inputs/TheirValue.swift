import FoundationEssentials
package import OrionCore

/// Any JSON value as Foundation's decoder reads it.
package enum TheirValue: Decodable {
    case null
    case bool(Bool)
    /// As a whole number, if it takes it for one, and as any. It takes 22830634732807370.9 for the whole number
    /// 22830634732807370, so both are kept; 1e-400 for the whole number 0, and for nothing else.
    case number(Int64?, Double)
    case string(String)
    case array([TheirValue])
    case object([String: TheirValue])

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(try? container.decode(Int64.self), number)
        } else if let number = try? container.decode(Int64.self) {
            self = .number(number, Double(number))
        } else if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let elements = try? container.decode([TheirValue].self) {
            self = .array(elements)
        } else {
            self = .object(try container.decode([String: TheirValue].self))
        }
    }

    /// Whether it is what we have read.
    package func isAsGood(as value: JSONValue) -> Bool {
        switch (self, value) {
        case (.null, .null): true
        case (.bool(let theirs), .bool(let ours)): theirs == ours
        case (.number(let theirs, _), .integer(let ours)): theirs == ours
        case (.number(_, let theirs), .number(let ours)): theirs == ours
        case (.string(let theirs), .string(let ours)): theirs == ours
        case (.array(let theirs), .array(let ours)):
            theirs.count == ours.count && zip(theirs, ours).allSatisfy { $0.isAsGood(as: $1) }
        case (.object(let theirs), .object(let ours)):
            theirs.count == ours.count && theirs.allSatisfy { name, value in ours[name].map(value.isAsGood) ?? false }
        default: false
        }
    }
}
