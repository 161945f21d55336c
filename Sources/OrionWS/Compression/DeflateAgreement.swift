/// What two ends have agreed on in their handshake about permessage-deflate (RFC 7692 §7.1).
struct DeflateAgreement: Sendable, Equatable {
    /// How large a window the peer keeps for what it is sent: 8 to 15.
    var sendingWindowBits = 15
}

extension DeflateAgreement {
    static let field = "Sec-WebSocket-Extensions"
    private static let name = "permessage-deflate"

    /// What a client offers: to keep no context, and to keep to whatever window the server wants.
    static let offer = "\(name); client_no_context_takeover; server_no_context_takeover; client_max_window_bits"

    // MARK: The server

    /// Takes the first offer that can be taken, and says so; nil where there is none.
    static func taking(_ offers: ExtensionList) -> (field: String, agreement: DeflateAgreement)? {
        for offer in offers.items where offer.name == name {
            guard let parameters = Parameters(offer) else { continue }
            // The client may keep a context only where we do not forbid it, offered or not (§7.1.1.2).
            var field = "\(name); client_no_context_takeover; server_no_context_takeover"
            guard let bits = parameters.serverWindowBits else { return (field, DeflateAgreement()) }
            field += "; server_max_window_bits=\(bits)"
            return (field, DeflateAgreement(sendingWindowBits: bits))
        }
        return nil
    }

    // MARK: The client

    /// What a server made of ``offer``.
    enum Verdict: Equatable {
        case declined
        case agreed(DeflateAgreement)
        /// It chose what was not offered.
        case bad
    }

    static func judge(_ answer: ExtensionList) -> Verdict {
        guard let item = answer.items.first else { return .declined }
        guard answer.items.count == 1, item.name == name, let parameters = Parameters(item),
            parameters.isAnswer, parameters.serverKeepsNoContext
        else { return .bad }
        return .agreed(DeflateAgreement(sendingWindowBits: parameters.clientWindowBits ?? 15))
    }

    // MARK: Parameters

    /// Those of one offer or answer; each may stand there once (§7.1).
    private struct Parameters {
        var serverKeepsNoContext = false
        var serverWindowBits: Int?
        var clientWindowBits: Int?
        private var hasClientWindow = false

        /// Nil where one is unknown, double, or has no value that it may have.
        init?(_ item: ExtensionList.Item) {
            var seen: Set<String> = []
            for parameter in item.parameters {
                guard seen.insert(parameter.name).inserted else { return nil }
                switch parameter.name {
                case "server_no_context_takeover":
                    guard parameter.value == nil else { return nil }
                    serverKeepsNoContext = true
                case "client_no_context_takeover":
                    guard parameter.value == nil else { return nil }
                case "server_max_window_bits":
                    guard let bits = Self.bits(parameter.value) else { return nil }
                    serverWindowBits = bits
                case "client_max_window_bits":
                    hasClientWindow = true
                    guard parameter.value != nil else { continue }
                    guard let bits = Self.bits(parameter.value) else { return nil }
                    clientWindowBits = bits
                default: return nil
                }
            }
        }

        /// In an answer the client's window has a value (§7.1.2.2).
        var isAnswer: Bool { !hasClientWindow || clientWindowBits != nil }

        /// 8 to 15, without a zero before it.
        private static func bits(_ value: String?) -> Int? {
            guard let value, let bits = Int(value), (8...15).contains(bits), value == "\(bits)" else { return nil }
            return bits
        }
    }
}
