import NIOCore

/// Makes messages and control frames of bytes as they come, and stops at the first that breaks a rule.
struct FrameReader {
    enum Event: Equatable {
        case text(ByteBuffer)
        case binary(ByteBuffer)
        case ping(ByteBuffer)
        case pong(ByteBuffer)
        case close(CloseFrame)
    }

    /// A message whose frames are not all here.
    private struct Message {
        var isText = false
        var bytes = ByteBuffer()
        var validator = UTF8Validator()

        /// Adds a piece of a frame; false where the text became invalid.
        mutating func append(_ part: ByteBuffer, _ mask: Mask?, offset: Int) -> Bool {
            let before = bytes.readableBytes
            bytes.writeImmutableBuffer(part)
            return bytes.withUnsafeMutableReadableBytes { all in
                let added = UnsafeMutableRawBufferPointer(rebasing: all[before...])
                mask?.apply(to: added, offset: offset)
                return !isText || validator.accepts(UnsafeRawBufferPointer(added))
            }
        }
    }

    private let rules: FrameHeader.Rules
    private var header: FrameHeader?
    /// How much of the present frame's payload has been taken.
    private var taken = 0
    private var isInMessage = false
    private var message = Message()

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
        while true {
            if header == nil {
                let messageBytes = isInMessage ? message.bytes.readableBytes : nil
                header = try FrameHeader.read(&buffer, rules, messageBytes: messageBytes)
                taken = 0
            }
            guard let header else { return nil }
            if header.opcode.isControl {
                guard let payload = Self.whole(header, &buffer) else { return nil }
                self.header = nil
                return try Self.control(header.opcode, payload)
            }
            if !isInMessage, header.isFinal, buffer.readableBytes >= header.count {
                guard let payload = Self.whole(header, &buffer) else { return nil }
                self.header = nil
                return try Self.single(header.opcode, payload)
            }
            guard try takePart(of: header, &buffer) else { return nil }
            self.header = nil
            if header.isFinal { return try finishMessage() }
        }
    }

    /// A payload that is all here, unmasked in place.
    private static func whole(_ header: FrameHeader, _ buffer: inout ByteBuffer) -> ByteBuffer? {
        guard buffer.readableBytes >= header.count else { return nil }
        if let mask = header.mask, header.count > 0 {
            buffer.withUnsafeMutableReadableBytes { bytes in
                mask.apply(to: UnsafeMutableRawBufferPointer(rebasing: bytes[..<header.count]))
            }
        }
        return buffer.readSlice(length: header.count)
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
        guard payload.withUnsafeReadableBytes({ validator.accepts($0) }), validator.isComplete else {
            throw .notUTF8("a text that is not UTF-8")
        }
        return .text(payload)
    }

    /// Moves what is here of a frame to its message; false where more of the frame is to come.
    private mutating func takePart(of header: FrameHeader, _ buffer: inout ByteBuffer) throws(Violation) -> Bool {
        let count = min(header.count - taken, buffer.readableBytes)
        if !isInMessage {
            isInMessage = true
            message.isText = header.opcode == .text
        }
        guard count > 0, let part = buffer.readSlice(length: count) else { return taken == header.count }
        defer { taken += count }
        guard message.append(part, header.mask, offset: taken) else { throw .notUTF8("a text that is not UTF-8") }
        return taken + count == header.count
    }

    private mutating func finishMessage() throws(Violation) -> Event? {
        let whole = message
        message = Message()
        isInMessage = false
        guard whole.isText else { return .binary(whole.bytes) }
        guard whole.validator.isComplete else { throw .notUTF8("a text that ends inside of a character") }
        return .text(whole.bytes)
    }
}
