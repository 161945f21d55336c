/// JSON text as it is written: the bytes so far, and the containers that are open.
///
/// The members of an object are written as they come and put in order when it is complete, so that equal values give
/// equal bytes whatever order their dictionaries have today.
final class JSONOutput {
    /// What a value turned out to be.
    enum Kind { case none, single, object, array }

    /// A value that is being written.
    private struct Frame {
        var kind = Kind.none
        /// Where its text begins.
        let start: Int
        /// The first of its members in `members`.
        let firstMember: Int
        var count = 0
    }

    private(set) var bytes: [UInt8] = []
    private var frames: [Frame] = []
    /// The members of all open objects: their keys, and where their text (key and value) begins.
    private var members: [(key: String, start: Int)] = []

    init() { bytes.reserveCapacity(1024) }

    /// Writes one value, whatever it asks its encoder for.
    func encode<Value: Encodable>(_ value: Value) throws {
        if Value.self == JSONValue.self, let value = value as? JSONValue { return write(value) }
        let frame = open()
        try value.encode(to: JSONEncoding(output: self, frame: frame))
        close(above: frame - 1)
    }

    /// Begins a value; closed by the next step of a container below it, or by `close`.
    func open() -> Int {
        frames.append(Frame(start: bytes.count, firstMember: members.count))
        return frames.count - 1
    }

    /// Begins the container that the value in `frame` is; asking again goes on with it.
    func begin(_ kind: Kind, in frame: Int) {
        close(above: frame)
        guard frames[frame].kind == .none else { return }
        frames[frame].kind = kind
        switch kind {
        case .object: bytes.append(UInt8(ascii: "{"))
        case .array: bytes.append(UInt8(ascii: "["))
        case .none, .single: break
        }
    }

    /// Begins the next element of an array, and gives its index.
    @discardableResult
    func element(in frame: Int) -> Int {
        close(above: frame)
        defer { frames[frame].count += 1 }
        if frames[frame].count > 0 { bytes.append(UInt8(ascii: ",")) }
        return frames[frame].count
    }

    /// How many elements an array has so far.
    func count(in frame: Int) -> Int { frames[frame].count }

    /// Begins the next member of an object.
    func member(_ key: String, in frame: Int) {
        close(above: frame)
        if frames[frame].count > 0 { bytes.append(UInt8(ascii: ",")) }
        frames[frame].count += 1
        members.append((key, bytes.count))
        write(key)
        bytes.append(UInt8(ascii: ":"))
    }

    /// Ends every value that was begun after `frame`.
    func close(above frame: Int) {
        while frames.count > frame + 1, let last = frames.popLast() {
            switch last.kind {
            case .none: bytes += "{}".utf8
            case .single: break
            case .array: bytes.append(UInt8(ascii: "]"))
            case .object:
                sort(last)
                bytes.append(UInt8(ascii: "}"))
            }
        }
    }

    /// Puts the members of an object in the order of their keys.
    private func sort(_ frame: Frame) {
        let own = members[frame.firstMember...]
        defer { members.removeSubrange(frame.firstMember...) }
        let isSorted = zip(own, own.dropFirst()).allSatisfy { $0.key < $1.key }
        if isSorted { return }
        let start = frame.start + 1
        let text = Array(bytes[start...])
        let ends = own.dropFirst().map { $0.start - 1 } + [bytes.count]
        bytes.removeSubrange(start...)
        for (offset, (member, end)) in zip(own, ends).sorted(by: { $0.0.key < $1.0.key }).enumerated() {
            if offset > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += text[(member.start - start)..<(end - start)]
        }
    }
}

extension JSONOutput {
    func writeNull() { bytes += "null".utf8 }

    func write(_ value: Bool) { bytes += (value ? "true" : "false").utf8 }

    func write(whole value: some BinaryInteger) { bytes += String(value).utf8 }

    /// A number that is not finite has no JSON, and is written as 0: no measurement is worth a message.
    func write(_ value: Double) {
        if let whole = Int64(exactly: value), abs(whole) < 1 << 53 { return write(whole: whole) }
        bytes += (value.isFinite ? value.description : "0").utf8
    }

    func write(_ value: String) {
        var value = value
        bytes.append(UInt8(ascii: "\""))
        value.withUTF8 { text in
            var start = 0
            for (index, byte) in text.enumerated() where byte < 0x20 || byte == 0x22 || byte == 0x5C {
                bytes += text[start..<index]
                escape(byte)
                start = index + 1
            }
            bytes += text[start...]
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x22, 0x5C: bytes.append(byte)
        default:
            let digits = String(byte, radix: 16)
            bytes += (digits.utf8.count == 1 ? "u000" : "u00").utf8
            bytes += digits.utf8
        }
    }

    func write(_ value: JSONValue) {
        switch value {
        case .null: writeNull()
        case .bool(let value): write(value)
        case .integer(let value): write(whole: value)
        case .number(let value): write(value)
        case .string(let value): write(value)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(value)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, (key, value)) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(key)
                bytes.append(UInt8(ascii: ":"))
                write(value)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}
