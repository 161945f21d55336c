import NIOCore

/// Compresses what one connection sends, as far as it pays.
struct Compressor: Sendable {
    private let deflate: WebSocketDeflate
    private let windowBits: Int

    /// Nil where the peer's window is one that zlib cannot keep to: nothing is compressed then (RFC 7692 §6 lets each
    /// message be sent either way).
    init?(_ deflate: WebSocketDeflate, _ agreement: DeflateAgreement) {
        guard agreement.sendingWindowBits >= 9 else { return nil }
        self.deflate = deflate
        windowBits = agreement.sendingWindowBits
    }

    /// The payload of a compressed message; nil where it is better sent as it is.
    func compress(_ payload: OutgoingMessage.Payload) -> ByteBuffer? {
        guard payload.count >= deflate.minimumBytes else { return nil }
        let deflater = deflate.pool.takeDeflater(windowBits: windowBits)
        defer { deflate.pool.giveBack(deflater) }
        return payload.withUnsafeBytes { deflater.compress($0) }
    }
}
