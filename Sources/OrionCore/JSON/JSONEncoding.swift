/// The encoder of `OrionJSON.encode`: hands what a value says of itself to the output at once.
///
/// Foundation's builds a tree of boxes first and takes several times as long, which counts where ten thousand
/// specifications are applied. Containers have to be filled one after the other, as every synthesized conformance does.
struct JSONEncoding: Encoder {
    let output: JSONOutput
    let frame: Int

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        output.text.begin(.object, in: frame)
        return KeyedEncodingContainer(JSONMembers<Key>(output: output, frame: frame))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        output.text.begin(.array, in: frame)
        return JSONElements(output: output, frame: frame)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        output.text.begin(.single, in: frame)
        return JSONSingle(output: output)
    }
}

/// The members of an object.
private struct JSONMembers<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let output: JSONOutput
    let frame: Int

    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) {
        output.member(key, in: frame) { $0.appendJSONNull() }
    }

    func encode(_ value: Bool, forKey key: Key) {
        output.member(key, in: frame) { $0.appendJSON(value) }
    }

    func encode(_ value: String, forKey key: Key) {
        output.member(key, in: frame) { $0.appendJSON(value) }
    }

    func encode(_ value: Double, forKey key: Key) {
        output.member(key, in: frame) { $0.appendJSON(value) }
    }

    func encode(_ value: Float, forKey key: Key) { encode(Double(value), forKey: key) }

    func encode(_ value: Int, forKey key: Key) {
        output.member(key, in: frame) { $0.appendJSON(whole: value) }
    }

    func encode(_ value: Int8, forKey key: Key) { encode(Int(value), forKey: key) }
    func encode(_ value: Int16, forKey key: Key) { encode(Int(value), forKey: key) }
    func encode(_ value: Int32, forKey key: Key) { encode(Int(value), forKey: key) }
    func encode(_ value: Int64, forKey key: Key) { encode(Int(value), forKey: key) }
    func encode(_ value: UInt8, forKey key: Key) { encode(Int(value), forKey: key) }
    func encode(_ value: UInt16, forKey key: Key) { encode(Int(value), forKey: key) }
    func encode(_ value: UInt32, forKey key: Key) { encode(Int(value), forKey: key) }
    func encode(_ value: UInt, forKey key: Key) { encode(UInt64(value), forKey: key) }

    func encode(_ value: UInt64, forKey key: Key) {
        output.member(key, in: frame) { $0.appendJSON(whole: value) }
    }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        output.text.member(key.stringValue, in: frame)
        try output.encode(value)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy keyType: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        nested(key.stringValue).container(keyedBy: keyType)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        nested(key.stringValue).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { nested("super") }

    func superEncoder(forKey key: Key) -> any Encoder { nested(key.stringValue) }

    private func nested(_ key: String) -> JSONEncoding {
        output.text.member(key, in: frame)
        return JSONEncoding(output: output, frame: output.text.open())
    }
}

/// The elements of an array.
private struct JSONElements: UnkeyedEncodingContainer {
    let output: JSONOutput
    let frame: Int

    var codingPath: [any CodingKey] { [] }
    var count: Int { output.text.count(in: frame) }

    func encodeNil() {
        output.text.element(in: frame)
        output.text.bytes.appendJSONNull()
    }

    func encode<Value: Encodable>(_ value: Value) throws {
        output.text.element(in: frame)
        try output.encode(value)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy keyType: NestedKey.Type
    ) -> KeyedEncodingContainer<NestedKey> {
        nested().container(keyedBy: keyType)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }

    func superEncoder() -> any Encoder { nested() }

    private func nested() -> JSONEncoding {
        output.text.element(in: frame)
        return JSONEncoding(output: output, frame: output.text.open())
    }
}

/// The one value that something is.
private struct JSONSingle: SingleValueEncodingContainer {
    let output: JSONOutput

    var codingPath: [any CodingKey] { [] }

    func encodeNil() { output.text.bytes.appendJSONNull() }
    func encode(_ value: Bool) { output.text.bytes.appendJSON(value) }
    func encode(_ value: String) { output.text.bytes.appendJSON(value) }
    func encode(_ value: Double) { output.text.bytes.appendJSON(value) }
    func encode(_ value: Float) { output.text.bytes.appendJSON(Double(value)) }
    func encode(_ value: Int) { output.text.bytes.appendJSON(whole: value) }
    func encode(_ value: Int8) { output.text.bytes.appendJSON(whole: value) }
    func encode(_ value: Int16) { output.text.bytes.appendJSON(whole: value) }
    func encode(_ value: Int32) { output.text.bytes.appendJSON(whole: value) }
    func encode(_ value: Int64) { output.text.bytes.appendJSON(whole: value) }
    func encode(_ value: UInt) { output.text.bytes.appendJSON(whole: value) }
    func encode(_ value: UInt8) { output.text.bytes.appendJSON(whole: value) }
    func encode(_ value: UInt16) { output.text.bytes.appendJSON(whole: value) }
    func encode(_ value: UInt32) { output.text.bytes.appendJSON(whole: value) }
    func encode(_ value: UInt64) { output.text.bytes.appendJSON(whole: value) }
    func encode<Value: Encodable>(_ value: Value) throws { try output.encode(value) }
}
