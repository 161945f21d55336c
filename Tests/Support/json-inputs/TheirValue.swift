import FoundationEssentials
package import OrionCore

/// Any JSON value as Foundation's decoder reads it.
package struct TheirValue: Decodable {
    package let value: JSONValue

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            value = .null
        } else if let flag = try? container.decode(Bool.self) {
            value = .bool(flag)
        } else if let number = try? container.decode(Int64.self) {
            value = .integer(number)
        } else if let number = try? container.decode(Double.self) {
            value = .number(number)
        } else if let text = try? container.decode(String.self) {
            value = .string(text)
        } else if let elements = try? container.decode([TheirValue].self) {
            value = .array(elements.map(\.value))
        } else {
            value = .object(try container.decode([String: TheirValue].self).mapValues(\.value))
        }
    }
}
