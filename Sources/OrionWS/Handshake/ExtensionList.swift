/// What stands in `Sec-WebSocket-Extensions` (RFC 6455 §9.1), the most wanted first.
struct ExtensionList: Equatable {
    struct Item: Equatable {
        let name: String
        /// Each with its value, where it has one, without quotes.
        var parameters: [Parameter] = []
    }

    struct Parameter: Equatable {
        let name: String
        var value: String?
    }

    private(set) var items: [Item] = []

    /// Nil where the text is no such list.
    init?(_ text: String) {
        var rest = text.utf8[...]
        repeat {
            Self.skipSpace(&rest)
            // Empty elements of a list are nothing (RFC 9110 §5.6.1).
            if rest.isEmpty || rest.first == UInt8(ascii: ",") { continue }
            guard let item = Self.takeItem(&rest) else { return nil }
            items.append(item)
        } while Self.take(",", &rest)
        guard rest.isEmpty else { return nil }
    }

    private static func takeItem(_ rest: inout Substring.UTF8View) -> Item? {
        guard let name = takeToken(&rest) else { return nil }
        var item = Item(name: name)
        while take(";", &rest) {
            skipSpace(&rest)
            guard let name = takeToken(&rest) else { return nil }
            var parameter = Parameter(name: name)
            if take("=", &rest) {
                skipSpace(&rest)
                guard let value = rest.first == UInt8(ascii: "\"") ? takeQuoted(&rest) : takeToken(&rest) else {
                    return nil
                }
                parameter.value = value
            }
            item.parameters.append(parameter)
        }
        return item
    }

    /// A quoted value must be a token once it is unquoted.
    private static func takeQuoted(_ rest: inout Substring.UTF8View) -> String? {
        rest.removeFirst()
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                skipSpace(&rest)
                guard !value.isEmpty, value.allSatisfy(isOfToken) else { return nil }
                return String(decoding: value, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                value.append(escaped)
            default: value.append(byte)
            }
        }
        return nil
    }

    /// A token (RFC 9110 §5.6.2) and the space behind it.
    private static func takeToken(_ rest: inout Substring.UTF8View) -> String? {
        let token = rest.prefix(while: isOfToken)
        guard !token.isEmpty else { return nil }
        rest = rest[token.endIndex...]
        skipSpace(&rest)
        return String(Substring(token))
    }

    private static func take(_ sign: Unicode.Scalar, _ rest: inout Substring.UTF8View) -> Bool {
        guard rest.first == UInt8(ascii: sign) else { return false }
        rest.removeFirst()
        return true
    }

    private static func skipSpace(_ rest: inout Substring.UTF8View) {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    private static func isOfToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
