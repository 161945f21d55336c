import NIOCore
import Testing

@testable import OrionWS

@Suite struct HandshakeTests {
    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        ),
        (String(repeating: "a", count: 1_000), "291e9a6c66994949b57ba5e650361e98fc36b1ba"),
    ])
    func digests(_ text: String, _ digest: String) {
        let hex = SHA1.digest(Array(text.utf8)).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        #expect(hex.joined() == digest)
    }

    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
    func encodes(_ text: String, _ encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
    }

    /// The example of RFC 6455 §1.3.
    @Test func answersTheKeyOfTheRFC() {
        let fields = ["Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"]
        guard case .accepted(let upgrade) = WebSocketHandshake.answer(to: { fields[$0] }) else {
            Issue.record("refused")
            return
        }
        #expect(upgrade.headers.map(\.name) == ["Sec-WebSocket-Accept"])
        #expect(upgrade.headers.map(\.value) == ["s3pPLMBiTxaQ9kYGzzhZRbK+xOo="])
    }

    @Test(
        arguments: [
            ("13", nil, 400), ("13", "short", 400), ("13", "dGhlIHNhbXBsZSBub25jZQ=", 400),
            ("13", "!!!!!!!!!!!!!!!!!!!!!!==", 400),
            ("12", "dGhlIHNhbXBsZSBub25jZQ==", 426), (nil, "dGhlIHNhbXBsZSBub25jZQ==", 426),
        ] as [(String?, String?, Int)])
    func refuses(_ version: String?, _ key: String?, _ status: Int) {
        let fields = ["Sec-WebSocket-Key": key, "Sec-WebSocket-Version": version]
        guard case .refused(let answered, _) = WebSocketHandshake.answer(to: { fields[$0] ?? nil }) else {
            Issue.record("accepted")
            return
        }
        #expect(answered == status)
    }

    // MARK: The client

    private static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    private static let upgrade = """
        HTTP/1.1 101 Switching Protocols\r
        upgrade: WebSocket\r
        connection: keep-alive, Upgrade\r
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n
        """

    private func handshake() throws -> ClientHandshake {
        ClientHandshake(
            try WebSocketURL("ws://host:81/ws?x=1"), headers: [("Authorization", "Bearer a\r\nb: c")], key: Self.key)
    }

    @Test func asks() throws {
        #expect(
            try handshake().request == """
                GET /ws?x=1 HTTP/1.1\r
                Host: host:81\r
                Connection: Upgrade\r
                Upgrade: websocket\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Key: \(Self.key)\r
                Authorization: Bearer ab: c\r\n\r\n
                """)
    }

    @Test func asksForCompression() throws {
        let offer = """
            Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover; \
            client_max_window_bits\r\n
            """
        for offers in [true, false] {
            let handshake = ClientHandshake(try WebSocketURL("ws://a"), headers: [], offersDeflate: offers)
            #expect(handshake.request.contains(offer) == offers)
        }
    }

    @Test(
        arguments: [
            (nil, true, .upgraded(nil, rest: ByteBuffer())),
            (
                "permessage-deflate; server_no_context_takeover; client_max_window_bits=10", true,
                .upgraded(DeflateAgreement(sendingWindowBits: 10), rest: ByteBuffer())
            ),
            ("permessage-deflate; server_no_context_takeover", false, nil), ("permessage-deflate", true, nil),
            ("x;", true, nil),
        ] as [(String?, Bool, ClientHandshake.Outcome?)])
    func judgesTheServersExtensions(_ value: String?, _ offers: Bool, _ expected: ClientHandshake.Outcome?) throws {
        var handshake = ClientHandshake(
            try WebSocketURL("ws://a"), headers: [], offersDeflate: offers, key: Self.key)
        let field = value.map { "\r\nSec-WebSocket-Extensions: \($0)" } ?? ""
        let outcome = handshake.received(
            ByteBuffer(string: Self.upgrade.replacing("\r\n\r\n", with: field + "\r\n\r\n")))
        if let expected {
            #expect(outcome == expected)
        } else if case .bad = outcome {
        } else {
            Issue.record("not refused")
        }
    }

    @Test func takesTheAnswerHoweverItComes() throws {
        let text = Self.upgrade + "rest"
        for index in text.utf8.indices {
            var handshake = try handshake()
            let first = handshake.received(ByteBuffer(string: String(text.utf8[..<index]) ?? ""))
            let outcome = first ?? handshake.received(ByteBuffer(string: String(text.utf8[index...]) ?? ""))
            guard case .upgraded(nil, let rest) = outcome else {
                Issue.record("not upgraded when split at \(index)")
                return
            }
            #expect("rest".hasPrefix(String(buffer: rest)))
        }
    }

    @Test(arguments: [
        upgrade.replacing("s3pP", with: "s3pQ"), upgrade.replacing("WebSocket\r\nconn", with: "h2c\r\nconn"),
        upgrade.replacing(", Upgrade", with: ""),
        upgrade.replacing("\r\n\r\n", with: "\r\nSec-WebSocket-Extensions: x\r\n\r\n"),
        upgrade.replacing("\r\n\r\n", with: "\r\nSec-WebSocket-Protocol: x\r\n\r\n"), "HTTP/2 101 x\r\n\r\n",
        "SSH-2.0-x\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 101 x\r\nfield\r\n\r\n", String(repeating: "x", count: 20_000),
    ])
    func refusesAnswers(_ answer: String) throws {
        var handshake = try handshake()
        guard case .bad = handshake.received(ByteBuffer(string: answer)) else {
            Issue.record("not refused: \(answer)")
            return
        }
    }

    @Test func carriesWhatTheServerSays() throws {
        var handshake = try handshake()
        #expect(
            handshake.received(ByteBuffer(string: "HTTP/1.1 401 Unauthorized\r\nContent-Length: 5\r\n\r\nno")) == nil)
        #expect(handshake.received(ByteBuffer(string: " toke")) == .refused(status: 401, body: "no to"))
        handshake = try self.handshake()
        #expect(handshake.received(ByteBuffer(string: "HTTP/1.1 307 Moved\r\nLocation: /\r\n\r\nthere")) == nil)
        #expect(handshake.closed() == .refused(status: 307, body: "there"))
    }

    @Test(arguments: [
        ("ws://a", "a", 80, "/"), ("http://a:6060/ws", "a", 6060, "/ws"), ("wss://a?q", "a", 443, "/?q"),
        ("WS://[::1]:9/x/y?z", "::1", 9, "/x/y?z"),
    ])
    func readsAddresses(_ text: String, _ host: String, _ port: Int, _ target: String) throws {
        let url = try WebSocketURL(text)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.target == target)
        #expect(url.isSecure == text.hasPrefix("wss"))
    }

    @Test(arguments: [
        "", "a:80", "ftp://a", "ws://", "ws://:80", "ws://a:0", "ws://a:65536", "ws://a:b", "ws://u@a", "ws://a#f",
        "ws://a b",
        "ws://[::1", "ws://[a]:1", "ws://a/\r\nx",
    ])
    func refusesAddresses(_ text: String) {
        #expect(throws: WebSocketURL.Invalid.self) { try WebSocketURL(text) }
    }
}
