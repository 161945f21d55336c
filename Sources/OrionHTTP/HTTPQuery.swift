/// The parameters of a request's query, decoded: `?dryRun=true&name=a%20b`.
public struct HTTPQuery: Sendable, Equatable {
    private var pairs: [(name: String, value: String)] = []

    /// No parameters at all.
    public init() {}

    /// Reads what follows the `?`; nil where an escape is not two hexadecimal digits or the result is not UTF-8.
    public init?(_ text: some StringProtocol) {
        self.init(bytes: text.utf8)
    }

    init?(bytes: some Collection<UInt8>) {
        for part in bytes.split(separator: UInt8(ascii: "&")) {
            let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            guard let name = PercentEncoding.decode(part[..<equals], plusIsSpace: true),
                let value = PercentEncoding.decode(part[equals...].dropFirst(), plusIsSpace: true)
            else { return nil }
            pairs.append((name, value))
        }
    }

    /// The value of the first parameter of that name; empty where it stands without `=`.
    public subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }

    /// The names in the order in which they came, repeated ones too.
    public var names: [String] {
        pairs.map(\.name)
    }

    /// Whether the names and values are the same, in the same order.
    public static func == (left: HTTPQuery, right: HTTPQuery) -> Bool {
        left.pairs.elementsEqual(right.pairs) { $0 == $1 }
    }
}
