import NIOCore

/// A client's opening handshake (RFC 6455 §4.1, §4.2.2): writes the request, and reads the answer as its bytes come.
struct ClientHandshake {
    enum Outcome: Equatable {
        /// What came behind the answer belongs to the WebSocket.
        case upgraded(DeflateAgreement?, rest: ByteBuffer)
        case refused(status: Int, body: String)
        case bad(String)
    }

    private enum State {
        case head
        case body(status: Int, length: Int?)
    }

    /// Of an answer's head, and of the body of a refusal.
    static let maximumBytes = 16 * 1024

    let key: String
    private let target: String
    private let host: String
    private let headers: [(String, String)]
    private let offersDeflate: Bool
    private var state = State.head
    private var bytes = ByteBuffer()

    init(
        _ url: WebSocketURL, headers: [(String, String)], offersDeflate: Bool = false,
        key: String = WebSocketHandshake.makeKey()
    ) {
        self.key = key
        self.headers = headers
        self.offersDeflate = offersDeflate
        target = url.target
        host = url.authority
    }

    /// The request. Bytes that would end a field are left out of the caller's.
    var request: String {
        var lines = [
            "GET \(target) HTTP/1.1", "Host: \(host)", "Connection: Upgrade", "Upgrade: websocket",
            "\(WebSocketHandshake.versionHeader.name): \(WebSocketHandshake.versionHeader.value)",
            "Sec-WebSocket-Key: \(key)",
        ]
        if offersDeflate { lines.append("\(DeflateAgreement.field): \(DeflateAgreement.offer)") }
        for (name, value) in headers {
            lines.append("\(name): \(value)".filter { !$0.isNewline && $0 != "\0" })
        }
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// Takes bytes of the answer; nil where more is to come.
    mutating func received(_ part: ByteBuffer) -> Outcome? {
        bytes.writeImmutableBuffer(part)
        if case .head = state {
            guard let end = endOfHead() else {
                return bytes.readableBytes > Self.maximumBytes ? .bad("the head of the answer has no end") : nil
            }
            let head = bytes.readString(length: end) ?? ""
            if let outcome = judge(head) { return outcome }
        }
        guard case .body(_, let length) = state else { return nil }
        let wanted = min(length ?? Self.maximumBytes, Self.maximumBytes)
        return bytes.readableBytes >= wanted ? closed() : nil
    }

    /// The server closed the connection.
    mutating func closed() -> Outcome {
        guard case .body(let status, let length) = state else {
            return .bad("the connection was closed before the answer was whole")
        }
        let count = min(bytes.readableBytes, length ?? Self.maximumBytes, Self.maximumBytes)
        return .refused(status: status, body: bytes.readString(length: count) ?? "")
    }

    private func endOfHead() -> Int? {
        let view = bytes.readableBytesView
        var matched = 0
        for (offset, byte) in view.enumerated() {
            switch byte {
            case UInt8(ascii: "\r"): matched = matched == 2 ? 3 : 1
            case UInt8(ascii: "\n") where matched == 1 || matched == 3: matched += 1
            default: matched = 0
            }
            if matched == 4 { return offset + 1 }
        }
        return nil
    }

    private mutating func judge(_ head: String) -> Outcome? {
        let lines = head.split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]), (100...999).contains(status)
        else { return .bad("the answer is not HTTP/1.1") }
        var fields: [String: [String]] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return .bad("a field of the answer has no colon") }
            let value = line[line.index(after: colon)...]
            fields[line[..<colon].lowercased(), default: []].append(Self.trimmed(value))
        }
        if status == 101 { return judgeUpgrade(fields) }
        guard status >= 200 else { return .bad("the answer is \(status)") }
        // The text of a chunked body would hold its chunk sizes; better a short one without them.
        let isChunked = fields["transfer-encoding"] != nil
        state = .body(status: status, length: isChunked ? 0 : fields["content-length"]?.first.flatMap { Int($0) })
        return nil
    }

    private mutating func judgeUpgrade(_ fields: [String: [String]]) -> Outcome {
        func tokens(_ name: String) -> [String] {
            (fields[name] ?? []).flatMap { $0.split(separator: ",") }.map { Self.trimmed($0).lowercased() }
        }
        guard tokens("upgrade") == ["websocket"], tokens("connection").contains("upgrade") else {
            return .bad("the answer is 101, but not an upgrade to websocket")
        }
        guard fields["sec-websocket-accept"] == [WebSocketHandshake.acceptance(of: key)] else {
            return .bad("Sec-WebSocket-Accept of the answer does not fit our key")
        }
        guard let extensions = ExtensionList((fields[DeflateAgreement.field.lowercased()] ?? []).joined(separator: ","))
        else { return .bad("the extensions in the answer are no list") }
        let verdict = DeflateAgreement.judge(extensions)
        guard offersDeflate || verdict == .declined, verdict != .bad, tokens("sec-websocket-protocol").isEmpty else {
            return .bad("the server chose an extension or protocol that was not offered")
        }
        if case .agreed(let agreement) = verdict { return .upgraded(agreement, rest: bytes) }
        return .upgraded(nil, rest: bytes)
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var text = text[...]
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}
