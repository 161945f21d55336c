import NIOCore

/// The payload of a close frame (RFC 6455 §5.5.1, §7.4).
struct CloseFrame: Equatable, Sendable {
    /// Nil where the frame is empty.
    let code: UInt16?
    let reason: String

    static let empty = CloseFrame()

    private init() {
        code = nil
        reason = ""
    }

    /// A frame to be sent: a code that must not be sent becomes 1011, and a reason that does not fit is cut.
    init(code: UInt16, reason: String) {
        self.code = Self.isValid(code) ? code : WebSocketCloseCode.internalError
        var reason = reason
        while reason.utf8.count > 123 { reason.removeLast() }
        self.reason = reason
    }

    /// Reads what came.
    init(_ payload: ByteBuffer) throws(Violation) {
        var payload = payload
        guard payload.readableBytes > 0 else {
            self = .empty
            return
        }
        guard let code = payload.readInteger(as: UInt16.self) else {
            throw .protocolError("a close frame of one byte")
        }
        guard Self.isValid(code) else { throw .protocolError("close code \(code) must not be sent") }
        guard let reason = String(validating: payload.readableBytesView, as: UTF8.self) else {
            throw .notUTF8("the reason of a close frame is not UTF-8")
        }
        self.code = code
        self.reason = reason
    }

    /// Codes that may stand in a frame: the registered ones, those of libraries and those of applications.
    static func isValid(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    var payload: [UInt8] {
        guard let code else { return [] }
        return [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8)
    }
}
