/// The opening handshake (RFC 6455 §4), as far as header fields go.
public enum WebSocketHandshake {
    /// What a server makes of a client's request.
    public enum Answer: Sendable {
        /// 101, and then the WebSocket.
        case accepted(WebSocketUpgrade)
        /// No upgrade, but this status and message; with 426 belongs ``versionHeader``.
        case refused(status: Int, message: String)
    }

    /// What tells a client which version is spoken, in a request and in each 426 (RFC 6455 §4.4).
    public static let versionHeader = (name: "Sec-WebSocket-Version", value: "13")

    /// Judges a request whose Upgrade and Connection fields have been found to ask for `websocket`.
    ///
    /// `header` gives the value of a field by its name, whatever its case: of several of one name, all of them in one, with
    /// commas between them.
    public static func answer(
        to header: (String) -> String?, configuration: WebSocketConfiguration = WebSocketConfiguration()
    ) -> Answer {
        let (field, version) = versionHeader
        guard header(field) == version else {
            return .refused(
                status: 426, message: "only version \(version) of the WebSocket protocol is spoken (\(field))")
        }
        guard let key = header("Sec-WebSocket-Key"), Base64.isSixteenBytes(key) else {
            return .refused(status: 400, message: "Sec-WebSocket-Key must be sixteen bytes in Base64")
        }
        var headers = [(name: "Sec-WebSocket-Accept", value: acceptance(of: key))]
        guard configuration.deflate != nil, let offers = header(DeflateAgreement.field) else {
            return .accepted(WebSocketUpgrade(configuration, headers: headers))
        }
        guard let offers = ExtensionList(offers) else {
            return .refused(status: 400, message: "\(DeflateAgreement.field) is no list of extensions")
        }
        let taken = DeflateAgreement.taking(offers)
        if let taken { headers.append((name: DeflateAgreement.field, value: taken.field)) }
        return .accepted(WebSocketUpgrade(configuration, headers: headers, deflate: taken?.agreement))
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
