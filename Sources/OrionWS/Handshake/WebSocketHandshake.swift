/// The opening handshake (RFC 6455 §4), as far as header fields go.
public enum WebSocketHandshake {
    /// What a server makes of a client's request.
    public enum Answer: Sendable {
        /// 101 with these fields, beside Connection and Upgrade.
        case accepted(headers: [(name: String, value: String)])
        /// No upgrade, but this status and message; with 426 belongs `Sec-WebSocket-Version: 13`.
        case refused(status: Int, message: String)
    }

    /// Judges a request whose Upgrade and Connection fields have been found to ask for `websocket`.
    ///
    /// `header` gives the value of a field by its name, whatever its case.
    public static func answer(to header: (String) -> String?) -> Answer {
        guard header("Sec-WebSocket-Version") == "13" else {
            return .refused(
                status: 426, message: "only version 13 of the WebSocket protocol is spoken (Sec-WebSocket-Version)")
        }
        guard let key = header("Sec-WebSocket-Key"), Base64.isSixteenBytes(key) else {
            return .refused(status: 400, message: "Sec-WebSocket-Key must be sixteen bytes in Base64")
        }
        return .accepted(headers: [(name: "Sec-WebSocket-Accept", value: acceptance(of: key))])
    }

    /// What a server answers to a client's key.
    static func acceptance(of key: String) -> String {
        Base64.encode(SHA1.digest(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
    }

    static func makeKey() -> String {
        var generator = SystemRandomNumberGenerator()
        return Base64.encode((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}
