import Testing

@testable import OrionWS

@Suite struct DeflateAgreementTests {
    @Test(
        arguments: [
            ("", []),
            ("a", [.init(name: "a")]),
            (
                " a , ,b;c ; d=e;f = \"g\" ,",
                [
                    .init(name: "a"),
                    .init(
                        name: "b",
                        parameters: [.init(name: "c"), .init(name: "d", value: "e"), .init(name: "f", value: "g")]),
                ]
            ),
            ("a;b=\"c\\d\"", [.init(name: "a", parameters: [.init(name: "b", value: "cd")])]),
        ] as [(String, [ExtensionList.Item])])
    func readsLists(_ text: String, _ items: [ExtensionList.Item]) throws {
        let list = try #require(ExtensionList(text))
        #expect(list.items == items)
    }

    @Test(arguments: [
        "a b", "a;", ";a", "a;b=", "a;b=\"", "a;b=\"c", "a;b=\"\"", "a;b=\"c d\"", "a;b=\"\\", "ä", "a=b", "a;=b",
    ])
    func refusesWhatIsNoList(_ text: String) {
        #expect(ExtensionList(text) == nil)
    }

    private static let taken = "permessage-deflate; client_no_context_takeover; server_no_context_takeover"

    @Test(
        arguments: [
            ("permessage-deflate", taken, 15),
            ("permessage-deflate; client_max_window_bits", taken, 15),
            ("permessage-deflate; client_max_window_bits=10; server_no_context_takeover", taken, 15),
            ("permessage-deflate; server_max_window_bits=9", taken + "; server_max_window_bits=9", 9),
            ("permessage-deflate; server_max_window_bits=\"15\"", taken + "; server_max_window_bits=15", 15),
            ("permessage-deflate; server_max_window_bits=8", taken + "; server_max_window_bits=8", 8),
            ("x-other, permessage-deflate; x, permessage-deflate", taken, 15),
            (
                "permessage-deflate; server_max_window_bits=16, permessage-deflate; server_max_window_bits=10",
                taken + "; server_max_window_bits=10", 10
            ),
        ])
    func takesTheFirstOfferThatItCan(_ offers: String, _ field: String, _ bits: Int) throws {
        let list = try #require(ExtensionList(offers))
        let answer = try #require(DeflateAgreement.taking(list))
        #expect(answer.field == field)
        #expect(answer.agreement.sendingWindowBits == bits)
    }

    @Test(arguments: [
        "", "x-other", "permessage-deflate; x", "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=7", "permessage-deflate; server_max_window_bits=09",
        "permessage-deflate; server_max_window_bits=+9", "permessage-deflate; client_max_window_bits=16",
        "permessage-deflate; server_no_context_takeover=1", "permessage-deflate; client_no_context_takeover=1",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
    ])
    func declines(_ offers: String) throws {
        let list = try #require(ExtensionList(offers))
        #expect(DeflateAgreement.taking(list) == nil)
    }

    @Test(
        arguments: [
            ("", .declined),
            (taken, .agreed(.init(sendingWindowBits: 15))),
            ("permessage-deflate; server_no_context_takeover", .agreed(.init(sendingWindowBits: 15))),
            (taken + "; client_max_window_bits=9; server_max_window_bits=12", .agreed(.init(sendingWindowBits: 9))),
            ("permessage-deflate", .bad),
            (taken + "; client_max_window_bits", .bad),
            (taken + "; client_max_window_bits=7", .bad),
            (taken + "; x", .bad),
            (taken + ", " + taken, .bad),
            ("x-other", .bad),
        ] as [(String, DeflateAgreement.Verdict)])
    func judges(_ answer: String, _ verdict: DeflateAgreement.Verdict) throws {
        let list = try #require(ExtensionList(answer))
        #expect(DeflateAgreement.judge(list) == verdict)
    }

    // MARK: In the handshake

    private func answer(_ extensions: String?, _ deflate: WebSocketDeflate?) -> WebSocketHandshake.Answer {
        let fields = [
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Extensions": extensions,
        ]
        var configuration = WebSocketConfiguration()
        configuration.deflate = deflate
        return WebSocketHandshake.answer(to: { fields[$0] ?? nil }, configuration: configuration)
    }

    @Test(
        arguments: [
            ("permessage-deflate", true, true), ("permessage-deflate", false, false), (nil, true, false),
            ("x-other", true, false),
        ] as [(String?, Bool, Bool)])
    func aServerCompressesWhereBothWantIt(_ offer: String?, _ isOn: Bool, _ isAgreed: Bool) {
        guard case .accepted(let upgrade) = answer(offer, isOn ? WebSocketDeflate() : nil) else {
            Issue.record("refused")
            return
        }
        #expect(
            upgrade.headers.map(\.name)
                == ["Sec-WebSocket-Accept"] + (isAgreed ? ["Sec-WebSocket-Extensions"] : []))
    }

    @Test func aServerRefusesWhatIsNoList() {
        guard case .refused(400, _) = answer("permessage-deflate;", WebSocketDeflate()) else {
            Issue.record("not refused")
            return
        }
    }
}
