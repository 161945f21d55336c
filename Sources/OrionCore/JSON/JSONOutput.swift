/// The text that the containers of one encoding write to together.
///
/// Each step is one access to the text: the checks of a class's every property cost more than the writing.
final class JSONOutput {
    var text = JSONText()

    /// Writes one value, whatever it asks its encoder for.
    func encode<Value: Encodable>(_ value: Value) throws {
        if Value.self == JSONValue.self, let value = value as? JSONValue { return text.bytes.appendJSON(value) }
        let frame = text.open()
        try value.encode(to: JSONEncoding(output: self, frame: frame))
        text.close(above: frame - 1)
    }

    /// Writes a member whose value is written by `body`.
    func member(_ key: some CodingKey, in frame: Int, _ body: (inout [UInt8]) -> Void) {
        write { text in
            text.member(key.stringValue, in: frame)
            body(&text.bytes)
        }
    }

    private func write(_ body: (inout JSONText) -> Void) { body(&text) }
}
