/// One generation's specification, shared by all that refer to it, with its JSON made once.
///
/// A replica, a launch and a listing hold a reference: eight bytes, not a copy.
public final class SharedSpecification: Sendable {
    /// The specification.
    public let value: ServiceSpecification
    /// Its JSON object in UTF-8, keys sorted.
    public let json: [UInt8]

    /// Encodes a specification, once.
    public init(_ value: ServiceSpecification) {
        self.value = value
        self.json = OrionJSON.encode(value)
    }

    /// Takes a specification with the bytes that it was read from or encoded to before.
    public init(_ value: ServiceSpecification, json: [UInt8]) {
        self.value = value
        self.json = json
    }
}

extension SharedSpecification: Equatable {
    /// Two are equal if their specifications are.
    public static func == (left: SharedSpecification, right: SharedSpecification) -> Bool {
        left === right || left.value == right.value
    }
}
