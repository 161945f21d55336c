import NIOCore

/// Makes messages and control frames of bytes as they come, and stops at the first that breaks a rule.
///
/// A message that comes in one frame and one read is handed on as a slice of what was read. Only one that is compressed, or
/// whose bytes did not come together, is put together elsewhere.
struct FrameReader {
    enum Event: Equatable {
        case text(ByteBuffer)
        case binary(ByteBuffer)
        case ping(ByteBuffer)
        case pong(ByteBuffer)
        case close(CloseFrame)
    }

    private let rules: FrameHeader.Rules
    private var unmasker = Unmasker()
    private var header: FrameHeader?
    /// How much of the present frame's payload has been taken.
    private var taken = 0
    /// A message whose frames are not all here.
    private var message: PartialMessage?

    init(_ rules: FrameHeader.Rules) {
        self.rules = rules
    }

    /// Lets go of what has come of a message.
    mutating func reset() {
        self = FrameReader(rules)
    }

    /// Takes the next message or control frame from the front of the bytes; nil where more is to come.
    ///
    /// What can be judged of a frame that is not all here is judged and taken.
    mutating func next(_ buffer: inout ByteBuffer) throws(Violation) -> Event? {
        if rules.expectsMask { unmasker.unmask(&buffer) }
        let start = buffer.readerIndex
        defer { unmasker.took(buffer.readerIndex - start) }
        while true {
            if header == nil {
                header = try FrameHeader.read(&buffer, rules, messageBytes: message?.countedBytes)
                taken = 0
            }
            guard let header else { return nil }
            if header.opcode.isControl {
                guard let payload = buffer.readSlice(length: header.count) else { return nil }
                self.header = nil
                return try Self.control(header.opcode, payload)
            }
            if message == nil, header.isFinal, !header.isCompressed,
                let payload = buffer.readSlice(length: header.count)
            {
                self.header = nil
                return try Self.single(header.opcode, payload)
            }
            guard try takePart(of: header, &buffer) else { return nil }
            self.header = nil
            if header.isFinal { return try finishMessage() }
        }
    }

    private static func control(_ opcode: Opcode, _ payload: ByteBuffer) throws(Violation) -> Event {
        switch opcode {
        case .ping: .ping(payload)
        case .pong: .pong(payload)
        default: .close(try CloseFrame(payload))
        }
    }

    private static func single(_ opcode: Opcode, _ payload: ByteBuffer) throws(Violation) -> Event {
        guard opcode == .text else { return .binary(payload) }
        var validator = UTF8Validator()
        guard payload.withUnsafeReadableBytes({ validator.accepts($0) }) else { throw .notUTF8 }
        guard validator.isComplete else { throw .cutCharacter }
        return .text(payload)
    }

    /// Moves what is here of a frame to its message; false where more of the frame is to come.
    private mutating func takePart(of header: FrameHeader, _ buffer: inout ByteBuffer) throws(Violation) -> Bool {
        let count = min(header.count - taken, buffer.readableBytes)
        var message = message ?? PartialMessage(header, rules)
        // Held once, so that it can grow where it stands.
        self.message = nil
        if count > 0, let part = buffer.readSlice(length: count) { try message.append(part) }
        self.message = message
        taken += count
        return taken == header.count
    }

    private mutating func finishMessage() throws(Violation) -> Event? {
        guard var whole = message else { return nil }
        message = nil
        try whole.finish()
        return whole.isText ? .text(whole.bytes) : .binary(whole.bytes)
    }
}
