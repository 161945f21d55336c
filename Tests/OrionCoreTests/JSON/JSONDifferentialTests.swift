import FoundationEssentials
import OrionCore
import Testing

/// Our parser and encoder against Foundation's, on values and texts made from a seed.
@Suite struct JSONDifferentialTests {
    private static let seeds: [UInt64] = [1, 2, 3, 4]

    @Test(arguments: seeds) func whatWeWriteFoundationReads(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        for _ in 0..<300 {
            let value = JSONValue.random(by: &random, depth: 4)
            let bytes = OrionJSON.encode(value)
            let theirs = try JSONDecoder().decode(TheirValue.self, from: Data(bytes)).value
            #expect(theirs.isAsGood(as: value), "seed \(seed)")
            #expect(try OrionJSON.parse(bytes) == value, "seed \(seed)")
        }
    }

    @Test(arguments: seeds) func whatFoundationWritesWeRead(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        for _ in 0..<300 {
            let value = JSONValue.random(by: &random, depth: 4)
            #expect(try OrionJSON.parse(Array(JSONEncoder().encode(value))) == value, "seed \(seed)")
        }
    }

    /// A text with a few bytes changed is refused, or stands for what Foundation reads of it.
    @Test(arguments: seeds) func mutatedTextsAreReadAlikeOrRefused(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        var accepted = 0
        for _ in 0..<2000 {
            var bytes = OrionJSON.encode(JSONValue.random(by: &random, depth: 3))
            for _ in 0..<Int.random(in: 1...3, using: &random) { bytes.mutate(by: &random) }
            guard let value = try? OrionJSON.parse(bytes) else { continue }
            accepted += 1
            let text = String(decoding: bytes, as: UTF8.self)
            // Foundation reads texts that ours refuses (duplicate keys, deeper nesting), never the other way round.
            let theirs = try #require(
                try? JSONDecoder().decode(TheirValue.self, from: Data(bytes)).value, "seed \(seed): \(text)")
            #expect(theirs.isAsGood(as: value), "seed \(seed): \(text)")
        }
        #expect(accepted > 50)
    }

    @Test(arguments: seeds) func specificationsAreWrittenAsFoundationDoes(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        for _ in 0..<50 {
            var service = ServiceSpecification(name: "web")
            service.env = Dictionary(
                uniqueKeysWithValues: (0..<5).map { ("K\($0)\(random.next() % 9)", String.random(by: &random)) })
            service.command = .arguments([String.random(by: &random)])
            service.ports = [Port(name: "http", port: Int.random(in: 1...65535, using: &random))]
            service.resources.cpu = Double.random(in: 0...8, using: &random)
            service.plugins = [PluginReference(name: "p", config: .array([.random(by: &random, depth: 3)]))]
            service.health = HealthCheck()
            let theirs = try OrionJSON.parse(Array(JSONEncoder().encode(service)))
            #expect(try OrionJSON.parse(OrionJSON.encode(service)) == theirs)
            #expect(try OrionJSON.decode(ServiceSpecification.self, from: OrionJSON.encode(service)) == service)
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension String {
    static func random(by random: inout SplitMix) -> String {
        let pieces: [Unicode.Scalar] = [
            "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\0", "\u{1f}", "\u{7f}", "é", "€", "😀", "\u{2028}",
        ]
        let count = Int.random(in: 0...12, using: &random)
        return String(
            String.UnicodeScalarView((0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }))
    }
}

extension JSONValue {
    static func random(by random: inout SplitMix, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .integer(Int64(truncatingIfNeeded: random.next()) >> Int64.random(in: 0..<64, using: &random))
        case 3: .number(fraction(by: &random))
        case 4, 5: .string(String.random(by: &random))
        case 6: .array((0..<Int.random(in: 0...4, using: &random)).map { _ in .random(by: &random, depth: depth - 1) })
        default:
            .object(
                Dictionary(
                    (0..<Int.random(in: 0...4, using: &random)).map { _ in
                        (String.random(by: &random), .random(by: &random, depth: depth - 1))
                    }, uniquingKeysWith: { first, _ in first }))
        }
    }

    /// A number that no integer is: those are read back as integers.
    private static func fraction(by random: inout SplitMix) -> Double {
        while true {
            let number = Double(bitPattern: random.next())
            if number.isFinite, number != number.rounded() { return number }
        }
    }

    /// Whether it is the same value; a whole number may be kept as either kind of number.
    func isAsGood(as other: JSONValue) -> Bool {
        switch (self, other) {
        case (.integer(let own), .number(let others)), (.number(let others), .integer(let own)): Double(own) == others
        case (.array(let own), .array(let others)):
            own.count == others.count && zip(own, others).allSatisfy { $0.isAsGood(as: $1) }
        case (.object(let own), .object(let others)):
            own.count == others.count && own.allSatisfy { others[$0]?.isAsGood(as: $1) ?? false }
        default: self == other
        }
    }
}

/// Any JSON value as Foundation's decoder reads it.
private struct TheirValue: Decodable {
    let value: JSONValue

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            value = .null
        } else if let flag = try? container.decode(Bool.self) {
            value = .bool(flag)
        } else if let number = try? container.decode(Int64.self) {
            value = .integer(number)
        } else if let number = try? container.decode(Double.self) {
            value = .number(number)
        } else if let text = try? container.decode(String.self) {
            value = .string(text)
        } else if let elements = try? container.decode([TheirValue].self) {
            value = .array(elements.map(\.value))
        } else {
            value = .object(try container.decode([String: TheirValue].self).mapValues(\.value))
        }
    }
}

extension [UInt8] {
    mutating func mutate(by random: inout SplitMix) {
        let interesting = Array("{}[],:\"\\0123456789.eE+-tfn ud\n\0".utf8) + [0x80, 0xC3, 0xED, 0xFF]
        guard !isEmpty else { return }
        let position = Int.random(in: 0..<count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: self[position] = interesting[Int.random(in: 0..<interesting.count, using: &random)]
        case 1: remove(at: position)
        default: insert(interesting[Int.random(in: 0..<interesting.count, using: &random)], at: position)
        }
    }
}
