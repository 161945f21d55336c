public import HTTPTypes
public import OrionCore
internal import OrionWS

/// The one table of what each sort of refusal is called at the edges.
extension OrionError.Code {
    /// The HTTP status that answers it.
    public var httpStatus: HTTPResponse.Status { row.http }

    /// The WebSocket close code of a session that caused it.
    public var closeCode: UInt16 { row.close }

    /// The exit status of a program that ends because of it (sysexits.h).
    public var exitStatus: Int32 { row.exit }

    private var row: (http: HTTPResponse.Status, close: UInt16, exit: Int32) {
        switch self {
        case .malformed: (.badRequest, WebSocketCloseCode.invalidData, 65)
        case .invalid: (.badRequest, CloseCode.invalidPayload, 65)
        case .notFound: (.notFound, CloseCode.invalidPayload, 66)
        case .conflict: (.conflict, CloseCode.nodeIDInUse, 75)
        case .tooLarge: (.contentTooLarge, WebSocketCloseCode.tooLarge, 65)
        case .unavailable: (.serviceUnavailable, CloseCode.goingAway, 74)
        case .unsupported: (.badRequest, CloseCode.invalidPayload, 78)
        }
    }
}
