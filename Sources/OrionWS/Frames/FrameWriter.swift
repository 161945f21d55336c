import NIOCore

/// Writes frames (RFC 6455 §5.2), each message in one.
struct FrameWriter: Sendable {
    let masks: Bool

    /// The most bytes that stand before a payload.
    static let maximumHeaderBytes = 14

    func write(_ opcode: Opcode, _ payload: [UInt8], to buffer: inout ByteBuffer) {
        writeHeader(opcode, payload.count, to: &buffer) { $0.writeBytes(payload) }
    }

    func write(_ opcode: Opcode, _ payload: ByteBuffer, to buffer: inout ByteBuffer) {
        writeHeader(opcode, payload.readableBytes, to: &buffer) { $0.writeImmutableBuffer(payload) }
    }

    private func writeHeader(
        _ opcode: Opcode, _ count: Int, to buffer: inout ByteBuffer, payload: (inout ByteBuffer) -> Void
    ) {
        buffer.reserveCapacity(minimumWritableBytes: Self.maximumHeaderBytes + count)
        buffer.writeInteger(0x80 | opcode.rawValue)
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
        guard masks else {
            payload(&buffer)
            return
        }
        let mask = Mask.random()
        buffer.writeInteger(mask.key)
        let before = buffer.readableBytes
        payload(&buffer)
        buffer.withUnsafeMutableReadableBytes { bytes in
            mask.apply(to: UnsafeMutableRawBufferPointer(rebasing: bytes[before...]))
        }
    }
}
