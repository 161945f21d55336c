/// What the other side did against RFC 6455 or our limits, with the code that its connection is closed with.
struct Violation: Error, Equatable {
    let code: UInt16
    let reason: String

    static func protocolError(_ reason: String) -> Violation {
        Violation(code: WebSocketCloseCode.protocolError, reason: reason)
    }

    static func notUTF8(_ reason: String) -> Violation {
        Violation(code: WebSocketCloseCode.invalidData, reason: reason)
    }

    static let notUTF8 = notUTF8("a text that is not UTF-8")
    static let cutCharacter = notUTF8("a text that ends inside of a character")

    static func tooLarge(_ reason: String) -> Violation {
        Violation(code: WebSocketCloseCode.tooLarge, reason: reason)
    }

    static func notDeflated(_ reason: String) -> Violation {
        Violation(code: WebSocketCloseCode.invalidData, reason: reason)
    }

    static let noMemory = Violation(code: WebSocketCloseCode.internalError, reason: "no memory to expand a message")
}
