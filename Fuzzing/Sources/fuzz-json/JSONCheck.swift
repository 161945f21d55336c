@testable import OrionCore

/// JSON, messages of both sides and configurations: nothing crashes, and what can be read in two ways is one thing.
enum JSONCheck {
    struct Mistake: Error {
        let what: String
    }

    static func run(_ bytes: [UInt8]) throws(Mistake) {
        if let value = try? OrionJSON.parse(bytes) {
            let text = OrionJSON.encode(value)
            // Not the values: 1.0 is written as 1.
            guard let again = try? OrionJSON.parse(text), OrionJSON.encode(again) == text else {
                throw Mistake(what: "what is written is not read as it was")
            }
        }
        if let pulled = AgentMessage(pulling: bytes.span) {
            guard (try? AgentMessage(byTreeOf: bytes.span)) == pulled else {
                throw Mistake(what: "the tree reads it otherwise")
            }
            guard (try? AgentMessage(json: pulled.json())) == pulled else {
                throw Mistake(what: "it is not written as it was read")
            }
        } else if let message = try? AgentMessage(json: bytes) {
            _ = message.json()
        }
        _ = try? ControlMessage(json: bytes)
        _ = try? OrionConfig.parse(json: bytes)
    }
}
