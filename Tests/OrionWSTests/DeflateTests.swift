import NIOCore
import TestNoise
import Testing

@testable import OrionWS

@Suite struct DeflateTests {
    private static let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
    private static let settings = WebSocketDeflate(level: 6, minimumBytes: 1)

    private func reader(message: Int = 1500) -> FrameReader {
        .server(message: message, deflate: Self.settings.pool)
    }

    private func compress(_ bytes: [UInt8], windowBits: Int = 15) throws -> [UInt8]? {
        let agreement = DeflateAgreement(sendingWindowBits: windowBits)
        let compressor = try #require(Compressor(Self.settings, agreement))
        return compressor.compress(.array(bytes)).map { Array($0.readableBytesView) }
    }

    // MARK: Reading

    /// The examples of RFC 7692 §7.2.3, and what they leave out.
    @Test(
        arguments: [
            ("one block", frame(0xC1, hello), "Hello"),
            ("two frames", frame(0x41, Array(hello[..<3])) + frame(0x80, Array(hello[3...])), "Hello"),
            ("an empty last frame", frame(0x41, hello) + frame(0x00, []) + frame(0x80, []), "Hello"),
            ("not compressed at all", frame(0x81, "Hello"), "Hello"),
            ("stored", frame(0xC1, [0, 5, 0, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0]), "Hello"),
            ("a last block", frame(0xC1, [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0, 0]), "Hello"),
            ("a last block, bare", frame(0xC1, [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0]), "Hello"),
            (
                "last blocks, one behind the other",
                frame(0xC1, [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0, 0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0, 0]),
                "HelloHello"
            ),
            (
                "two blocks",
                frame(0xC1, [0xF2, 0x48, 0x05, 0, 0, 0, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0]), "Hello"
            ),
            ("empty", frame(0xC1, [0]), ""),
        ] as [(String, [UInt8], String)])
    func expands(_ what: String, _ bytes: [UInt8], _ text: String) {
        // Twice, since a message must not leave anything behind for the next.
        for reading in Reading.everywhere(reader(), bytes + bytes) {
            #expect(reading.violation == nil)
            #expect(reading.events == [.text(ByteBuffer(string: text)), .text(ByteBuffer(string: text))])
        }
    }

    @Test(
        arguments: [
            ("not even an empty block", frame(0xC1, []), 1007),
            ("a block cut off", frame(0xC1, [0xF2, 0x48, 0xCD]), 1007),
            ("no block", frame(0xC1, [0xFF, 0xFF, 0xFF]), 1007),
            ("a reserved block", frame(0xC2, [0x06]), 1007),
            ("a distance beyond the message", frame(0xC2, [0x02, 0x13, 0x00]), 1007),
            ("a continuation that says it is compressed", frame(0x41, [0]) + frame(0xC0, [0]), 1002),
            ("a compressed ping", frame(0xC9, "a"), 1002),
            ("RSV2", frame(0xE1, hello), 1002),
            ("RSV3", frame(0xD1, hello), 1002),
        ] as [(String, [UInt8], UInt16)])
    func refuses(_ what: String, _ bytes: [UInt8], _ code: UInt16) {
        for reading in Reading.everywhere(reader(), bytes) { #expect(reading.violation?.code == code) }
    }

    @Test func refusesTextThatIsNotUTF8() throws {
        let text = Array(String(repeating: "Grüße, ", count: 40).utf8)
        for bad in [text + [0xFF] + text, text + [0xC3], [0xED, 0xA0, 0x80] + text] {
            let payload = try #require(try compress(bad))
            for reading in Reading.everywhere(reader(), frame(0xC1, payload)) {
                #expect(reading.violation?.code == 1007)
                #expect(reading.events.isEmpty)
            }
        }
    }

    /// A megabyte of zeros is a kilobyte on the wire; it is refused before it is all expanded.
    @Test func refusesWhatGrowsTooMuch() throws {
        let bomb = try #require(try compress([UInt8](repeating: 0, count: 1 << 20)))
        #expect(bomb.count < 2000)
        let reader = FrameReader.server(maximum: 2000, message: 10_000, deflate: Self.settings.pool)
        #expect(Reading(reader, frame(0xC2, bomb)).violation?.code == 1009)
        let dripping = Reading(dripping: reader, frame(0xC2, bomb))
        #expect(dripping.violation?.code == 1009)
        #expect(dripping.taken < 100)
        let pieces = frame(0x42, Array(bomb[..<20])) + frame(0x80, Array(bomb[20...]))
        #expect(Reading(reader, pieces).violation?.code == 1009)
    }

    @Test(arguments: [999, 1000, 1001]) func takesJustTheLimit(_ count: Int) throws {
        let payload = try #require(try compress([UInt8](repeating: 7, count: count)))
        let reading = Reading(reader(message: 1000), frame(0xC2, payload))
        #expect(reading.events == (count > 1000 ? [] : [.binary(ByteBuffer(repeating: 7, count: count))]))
        #expect(reading.violation?.code == (count > 1000 ? 1009 : nil))
    }

    // MARK: Writing

    @Test(arguments: 9...15) func whatIsCompressedIsExpanded(_ windowBits: Int) throws {
        var noise = Noise()
        for count in [1, 2, 100, 511, 512, 513, 5000, 70_000] {
            // A few letters again and again, near and far.
            let bytes = (0..<count).map { _ in UInt8(noise.number(below: 4)) }
            guard let payload = try compress(bytes, windowBits: windowBits) else {
                #expect(count < 100)
                continue
            }
            #expect(payload.count < bytes.count)
            let reader = FrameReader.server(maximum: 70_000, message: 70_000, deflate: Self.settings.pool)
            let reading = Reading(reader, frame(0xC2, payload))
            #expect(reading.events == [.binary(ByteBuffer(bytes: bytes))], "seed \(noise.seed)")
        }
    }

    @Test func whatDoesNotGetShorterIsSentAsItIs() throws {
        var noise = Noise()
        for count in [1, 5, 100, 10_000] {
            let bytes = (0..<count).map { _ in UInt8(noise.number(below: 256)) }
            #expect(try compress(bytes) == nil)
        }
        let short = try #require(Compressor(WebSocketDeflate(minimumBytes: 100), DeflateAgreement()))
        #expect(short.compress(.array([UInt8](repeating: 1, count: 99))) == nil)
        #expect(short.compress(.array([UInt8](repeating: 1, count: 100))) != nil)
    }

    /// zlib keeps no window of 256 bytes, so to such a peer nothing is compressed.
    @Test func aWindowThatIsTooSmallIsLeftAlone() {
        #expect(Compressor(Self.settings, DeflateAgreement(sendingWindowBits: 8)) == nil)
    }

    @Test func noiseIsReadTheSameHoweverItComes() throws {
        var noise = Noise()
        let text = Array("Hello, Hello, Hello, Grüße".utf8)
        let payload = try #require(try compress(text))
        let good = [
            frame(0xC1, payload), frame(0x41, Array(payload[..<4])), frame(0x00, Array(payload[4..<7])),
            frame(0x80, Array(payload[7...])), frame(0x89, "ping"), frame(0x81, text), frame(0xC2, [0]),
        ]
        for _ in 0..<3000 {
            var bytes: [UInt8] = []
            for _ in 0...noise.number(below: 5) { bytes += noise.element(of: good) }
            if noise.number(below: 3) > 0 { bytes = noise.mutated(bytes) }
            let whole = Reading(reader(), bytes)
            let dripping = Reading(dripping: reader(), bytes)
            #expect(dripping.events == whole.events, "seed \(noise.seed)")
            #expect(dripping.violation?.code == whole.violation?.code, "seed \(noise.seed)")
        }
    }
}
