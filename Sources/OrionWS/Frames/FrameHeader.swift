import NIOCore

/// What stands before a payload (RFC 6455 §5.2).
struct FrameHeader: Equatable {
    let isFinal: Bool
    let opcode: Opcode
    let isCompressed: Bool
    let count: Int

    /// What is read of headers: every byte is judged as soon as it is there.
    struct Rules {
        /// Frames of clients must be masked, those of servers must not be.
        let expectsMask: Bool
        let maximumBytes: Int
        let maximumMessageBytes: Int
        /// Where compressed messages were agreed on: what expands them.
        var deflate: DeflatePool?
    }

    /// Takes a header from the front of the bytes; nil where more of it is to come. The key of its mask is passed over:
    /// an ``Unmasker`` has used it.
    ///
    /// `messageBytes` is what has come of a message whose frames are not all here, nil between messages. That says
    /// nothing of one that is compressed, whose frames grow or shrink: it is 0 for those.
    static func read(
        _ buffer: inout ByteBuffer, _ rules: Rules, messageBytes: Int?
    ) throws(Violation) -> FrameHeader? {
        let start = buffer.readerIndex
        guard let first = buffer.getInteger(at: start, as: UInt8.self) else { return nil }
        let (isFinal, opcode) = try judge(first, rules, isInMessage: messageBytes != nil)
        guard let second = buffer.getInteger(at: start + 1, as: UInt8.self) else { return nil }
        guard (second & 0x80 != 0) == rules.expectsMask else {
            throw .protocolError(rules.expectsMask ? "a client's frame without mask" : "a server's frame with a mask")
        }
        let short = Int(second & 0x7F)
        if opcode.isControl, short > 125 { throw .protocolError("a control frame longer than 125 bytes") }
        guard let (count, lengthBytes) = try readCount(buffer, at: start + 2, short) else { return nil }
        if !opcode.isControl {
            guard count <= rules.maximumBytes else {
                throw .tooLarge("a frame of \(count) bytes; the limit is \(rules.maximumBytes)")
            }
            guard count <= rules.maximumMessageBytes - (messageBytes ?? 0) else {
                throw .tooLarge("a message of more than \(rules.maximumMessageBytes) bytes")
            }
        }
        let headerBytes = 2 + lengthBytes + (rules.expectsMask ? 4 : 0)
        guard buffer.readableBytes >= headerBytes else { return nil }
        buffer.moveReaderIndex(forwardBy: headerBytes)
        return FrameHeader(isFinal: isFinal, opcode: opcode, isCompressed: first & 0x40 != 0, count: count)
    }

    private static func judge(_ byte: UInt8, _ rules: Rules, isInMessage: Bool) throws(Violation) -> (Bool, Opcode) {
        guard byte & 0x30 == 0, byte & 0x40 == 0 || rules.deflate != nil else {
            throw .protocolError("a reserved bit is set")
        }
        guard let opcode = Opcode(rawValue: byte & 0x0F) else {
            throw .protocolError("opcode \(byte & 0x0F) is reserved")
        }
        let isFinal = byte & 0x80 != 0
        // The first frame speaks for all of a message (RFC 7692 §6).
        if byte & 0x40 != 0, opcode.isControl || opcode == .continuation {
            throw .protocolError("only the first frame of a message can say that it is compressed")
        }
        switch opcode {
        case .close, .ping, .pong:
            if !isFinal { throw .protocolError("a control frame in pieces") }
        case .continuation:
            if !isInMessage { throw .protocolError("a continuation of nothing") }
        case .text, .binary:
            if isInMessage { throw .protocolError("a new message inside of another") }
        }
        return (isFinal, opcode)
    }

    private static func readCount(
        _ buffer: ByteBuffer, at index: Int, _ short: Int
    ) throws(Violation) -> (count: Int, bytes: Int)? {
        switch short {
        case 126:
            guard let count = buffer.getInteger(at: index, as: UInt16.self) else { return nil }
            guard count > 125 else { throw .protocolError("a length that is not in its shortest form") }
            return (Int(count), 2)
        case 127:
            guard let count = buffer.getInteger(at: index, as: UInt64.self) else { return nil }
            guard count > 0xFFFF else { throw .protocolError("a length that is not in its shortest form") }
            guard let count = Int(exactly: count) else { throw .protocolError("a length of more than 63 bits") }
            return (count, 8)
        default:
            return (short, 0)
        }
    }
}
