import NIOCore

/// A message that waits to be sent.
struct OutgoingMessage: Sendable {
    /// Its bytes in whatever form they were given, so that none is copied before it must be.
    enum Payload: Sendable {
        case array([UInt8])
        case buffer(ByteBuffer)

        var count: Int {
            switch self {
            case .array(let bytes): bytes.count
            case .buffer(let bytes): bytes.readableBytes
            }
        }

        func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
            switch self {
            case .array(let bytes): bytes.withUnsafeBytes(body)
            case .buffer(let bytes): bytes.withUnsafeReadableBytes(body)
            }
        }
    }

    let opcode: Opcode
    let payload: Payload
}
