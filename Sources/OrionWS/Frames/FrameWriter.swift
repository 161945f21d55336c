import NIOCore

/// Writes frames (RFC 6455 §5.2), each message in one.
struct FrameWriter: Sendable {
    let masks: Bool
    var compressor: Compressor?

    /// The most bytes that stand before a payload.
    static let maximumHeaderBytes = 14

    /// A payload from here on is passed on as it is where that can be; to copy a shorter one is cheaper than to hand the
    /// kernel a piece more.
    static let leastBytesAlone = 4096

    /// The frames of messages, in order, in as few buffers as go without copying much.
    func frames(of messages: [OutgoingMessage], _ allocator: ByteBufferAllocator) -> [ByteBuffer] {
        var buffers: [ByteBuffer] = []
        var buffer = allocator.buffer(capacity: messages.reduce(0) { $0 + copiedBytes(of: $1.payload) })
        for message in messages {
            if let payload = compressor?.compress(message.payload) {
                write(message.opcode, .buffer(payload), isCompressed: true, to: &buffer)
            } else if case .buffer(let payload) = message.payload, goesAlone(message.payload) {
                writeHeader(message.opcode, payload.readableBytes, isCompressed: false, to: &buffer)
                buffers.append(buffer)
                buffers.append(payload)
                buffer = allocator.buffer(capacity: 0)
            } else {
                write(message.opcode, message.payload, to: &buffer)
            }
        }
        if buffer.readableBytes > 0 { buffers.append(buffer) }
        return buffers
    }

    private func goesAlone(_ payload: OutgoingMessage.Payload) -> Bool {
        // What is masked must be copied: it may be someone else's too.
        guard !masks, case .buffer(let bytes) = payload else { return false }
        return bytes.readableBytes >= Self.leastBytesAlone
    }

    private func copiedBytes(of payload: OutgoingMessage.Payload) -> Int {
        Self.maximumHeaderBytes + (goesAlone(payload) ? 0 : payload.count)
    }

    func write(
        _ opcode: Opcode, _ payload: OutgoingMessage.Payload, isCompressed: Bool = false, to buffer: inout ByteBuffer
    ) {
        writeHeader(opcode, payload.count, isCompressed: isCompressed, to: &buffer)
        let mask = masks ? Mask.random() : nil
        if let mask { buffer.writeInteger(mask.key) }
        let before = buffer.readableBytes
        switch payload {
        case .array(let bytes): buffer.writeBytes(bytes)
        case .buffer(let bytes): buffer.writeImmutableBuffer(bytes)
        }
        guard let mask else { return }
        buffer.withUnsafeMutableReadableBytes { bytes in
            mask.apply(to: UnsafeMutableRawBufferPointer(rebasing: bytes[before...]))
        }
    }

    private func writeHeader(_ opcode: Opcode, _ count: Int, isCompressed: Bool, to buffer: inout ByteBuffer) {
        buffer.writeInteger(0x80 | (isCompressed ? 0x40 : 0) | opcode.rawValue)
        let maskBit: UInt8 = masks ? 0x80 : 0
        switch count {
        case ...125:
            buffer.writeInteger(maskBit | UInt8(count))
        case ...0xFFFF:
            buffer.writeInteger(maskBit | 126)
            buffer.writeInteger(UInt16(count))
        default:
            buffer.writeInteger(maskBit | 127)
            buffer.writeInteger(UInt64(count))
        }
    }
}
