import FoundationEssentials
import OrionCore

/// Inputs made from a seed, and what has to hold for each: our parser and encoder against Foundation's, and messages that
/// are pulled from their bytes against those that are read by way of the tree.
package struct JSONInputs {
    private var random: SplitMix
    /// How many of the inputs that were changed at random were taken nevertheless.
    package private(set) var takenCount = 0

    /// The inputs of a seed, which are always the same.
    package init(seed: UInt64) { random = SplitMix(state: seed) }

    /// Makes the next input; says what does not hold for it, or nil.
    package mutating func check() -> String? {
        switch random.next() % 5 {
        case 0: whatWeWriteIsRead()
        case 1: whatTheyWriteIsRead()
        case 2: changedTextsAreReadAlikeOrRefused()
        case 3: messagesArePulled()
        default: changedMessagesArePulledAlikeOrDeclined()
        }
    }

    private mutating func whatWeWriteIsRead() -> String? {
        let value = JSONValue.random(by: &random, depth: 4)
        let bytes = OrionJSON.encode(value)
        guard (try? OrionJSON.parse(bytes)) == value else { return "we do not read what we write: \(text(bytes))" }
        return Self.theirs(bytes)?.isAsGood(as: value) == true ? nil : "they read it otherwise: \(text(bytes))"
    }

    private mutating func whatTheyWriteIsRead() -> String? {
        let value = JSONValue.random(by: &random, depth: 4)
        guard let bytes = try? Array(JSONEncoder().encode(value)) else { return "they do not write \(value)" }
        return (try? OrionJSON.parse(bytes)) == value ? nil : "we read it otherwise: \(text(bytes))"
    }

    /// They read texts that we refuse (duplicate keys, deeper nesting), never the other way round.
    private mutating func changedTextsAreReadAlikeOrRefused() -> String? {
        var bytes = OrionJSON.encode(JSONValue.random(by: &random, depth: 3))
        for _ in 0..<Int.random(in: 1...3, using: &random) { bytes.mutate(by: &random) }
        guard let value = try? OrionJSON.parse(bytes) else { return nil }
        takenCount += 1
        return Self.theirs(bytes)?.isAsGood(as: value) == true ? nil : "we take what they do not: \(text(bytes))"
    }

    private mutating func messagesArePulled() -> String? {
        let message = AgentMessage.random(by: &random, text: ["a", "\"", "\n", "é", "😀"])
        let bytes = message.json()
        guard (try? AgentMessage(byTreeOf: bytes.span)) == message else { return "not read: \(text(bytes))" }
        return AgentMessage(pulling: bytes.span) == message ? nil : "not pulled: \(text(bytes))"
    }

    private mutating func changedMessagesArePulledAlikeOrDeclined() -> String? {
        var bytes = AgentMessage.random(by: &random, text: ["a", "\\", "é", " "]).json()
        for _ in 0..<Int.random(in: 1...3, using: &random) { bytes.mutate(by: &random) }
        guard let message = AgentMessage(pulling: bytes.span) else { return nil }
        takenCount += 1
        guard (try? AgentMessage(byTreeOf: bytes.span)) == message else { return "the tree differs: \(text(bytes))" }
        return nil
    }

    private static func theirs(_ bytes: [UInt8]) -> TheirValue? {
        try? JSONDecoder().decode(TheirValue.self, from: Data(bytes))
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
