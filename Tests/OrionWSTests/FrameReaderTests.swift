import NIOCore
import TestNoise
import Testing

@testable import OrionWS

@Suite struct FrameReaderTests {
    private func text(_ text: String) -> FrameReader.Event { .text(ByteBuffer(string: text)) }

    @Test func readsTheSameHoweverTheBytesCome() {
        let bytes =
            frame(0x81, "hello") + frame(0x82, [0, 0xFF]) + frame(0x89, "a") + frame(0x8A, "")
            + frame(0x01, "Gr") + frame(0x89, "between") + frame(0x00, [0xC3]) + frame(0x80, [0xBC, 0xC3, 0x9F])
            + frame(0x02, []) + frame(0x00, []) + frame(0x80, [7]) + frame(0x81, "") + frame(0x88, [0x03, 0xE8, 0x6F])
        let expected: [FrameReader.Event] = [
            text("hello"), .binary(ByteBuffer(bytes: [0, 0xFF])), .ping(ByteBuffer(string: "a")), .pong(ByteBuffer()),
            .ping(ByteBuffer(string: "between")), text("Grüß"), .binary(ByteBuffer(bytes: [7])), text(""),
            .close(CloseFrame(code: 1000, reason: "o")),
        ]
        for reading in Reading.everywhere(.server(), bytes) {
            #expect(reading.violation == nil)
            #expect(reading.events == expected)
        }
    }

    @Test(arguments: [0, 1, 125, 126, 127, 999, 1000]) func takesEveryLength(_ count: Int) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        for mask: [UInt8] in [[0, 0, 0, 0], [9, 8, 7, 6]] {
            let reading = Reading(.server(), frame(0x82, payload, mask: mask))
            #expect(reading.events == [.binary(ByteBuffer(bytes: payload))])
        }
        #expect(
            Reading(dripping: .client(), frame(0x82, payload, mask: nil)).events
                == [.binary(ByteBuffer(bytes: payload))])
    }

    @Test func takesLongLengths() {
        let payload = [UInt8](repeating: 0x61, count: 70_000)
        let reading = Reading(.server(maximum: 70_000, message: 70_000), frame(0x81, payload))
        #expect(reading.events == [.text(ByteBuffer(bytes: payload))])
    }

    struct Refusal: CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let code: UInt16
        /// The byte with which it is to be noticed.
        let after: Int
        var reader = FrameReader.server()
    }

    static let refusals: [Refusal] = [
        Refusal(testDescription: "RSV1", bytes: frame(0xC1, "a"), code: 1002, after: 1),
        Refusal(testDescription: "RSV2", bytes: frame(0xA1, "a"), code: 1002, after: 1),
        Refusal(testDescription: "RSV3", bytes: frame(0x91, "a"), code: 1002, after: 1),
        Refusal(testDescription: "opcode 3", bytes: frame(0x83, "a"), code: 1002, after: 1),
        Refusal(testDescription: "opcode 7", bytes: frame(0x87, "a"), code: 1002, after: 1),
        Refusal(testDescription: "opcode 11", bytes: frame(0x8B, "a"), code: 1002, after: 1),
        Refusal(testDescription: "opcode 15", bytes: frame(0x8F, "a"), code: 1002, after: 1),
        Refusal(testDescription: "ping in pieces", bytes: frame(0x09, "a"), code: 1002, after: 1),
        Refusal(testDescription: "close in pieces", bytes: frame(0x08, "a"), code: 1002, after: 1),
        Refusal(testDescription: "continuation of nothing", bytes: frame(0x80, "a"), code: 1002, after: 1),
        Refusal(testDescription: "unmasked", bytes: frame(0x81, "a", mask: nil), code: 1002, after: 2),
        Refusal(testDescription: "masked", bytes: frame(0x81, "a"), code: 1002, after: 2, reader: .client()),
        Refusal(
            testDescription: "ping of 126", bytes: frame(0x89, [UInt8](repeating: 1, count: 126)), code: 1002, after: 2),
        Refusal(testDescription: "2 bytes for 125", bytes: frame(0x81, [0x61], lengthBytes: 2), code: 1002, after: 4),
        Refusal(testDescription: "8 bytes for 1", bytes: frame(0x81, [0x61], lengthBytes: 8), code: 1002, after: 10),
        Refusal(
            testDescription: "8 bytes for 65535", bytes: frame(0x81, [], lengthBytes: 8, length: 65_535), code: 1002,
            after: 10),
        Refusal(
            testDescription: "64 bits", bytes: frame(0x81, [], lengthBytes: 8, length: 1 << 63), code: 1002, after: 10),
        Refusal(
            testDescription: "63 bits", bytes: frame(0x82, [], lengthBytes: 8, length: 1 << 63 - 1), code: 1009,
            after: 10),
        Refusal(
            testDescription: "1001 of 1000", bytes: frame(0x82, [UInt8](repeating: 0, count: 1001)), code: 1009,
            after: 4),
        Refusal(
            testDescription: "message over its limit",
            bytes: frame(0x02, [UInt8](repeating: 0, count: 1000)) + frame(0x80, [UInt8](repeating: 0, count: 501)),
            code: 1009, after: 1008 + 4),
        Refusal(
            testDescription: "text in a text", bytes: frame(0x01, "a") + frame(0x81, "b"), code: 1002, after: 8),
        Refusal(testDescription: "close of one byte", bytes: frame(0x88, [3]), code: 1002, after: 7),
        Refusal(testDescription: "close 1005", bytes: frame(0x88, [3, 0xED]), code: 1002, after: 8),
        Refusal(testDescription: "close 1006", bytes: frame(0x88, [3, 0xEE]), code: 1002, after: 8),
        Refusal(testDescription: "close 1015", bytes: frame(0x88, [3, 0xF7]), code: 1002, after: 8),
        Refusal(testDescription: "close 999", bytes: frame(0x88, [3, 0xE7]), code: 1002, after: 8),
        Refusal(testDescription: "close 2999", bytes: frame(0x88, [0x0B, 0xB7]), code: 1002, after: 8),
        Refusal(testDescription: "close 5000", bytes: frame(0x88, [0x13, 0x88]), code: 1002, after: 8),
        Refusal(testDescription: "reason not UTF-8", bytes: frame(0x88, [3, 0xE8, 0xFF]), code: 1007, after: 9),
        Refusal(
            testDescription: "text not UTF-8, noticed inside of the frame",
            bytes: frame(0x81, [0x61, 0xF4, 0x90, 0x80, 0x80, 0x61]), code: 1007, after: 9),
        Refusal(
            testDescription: "text cut in a character", bytes: frame(0x81, [0xC3]), code: 1007, after: 7),
        Refusal(
            testDescription: "surrogate over two frames", bytes: frame(0x01, [0xED]) + frame(0x80, [0xA0, 0x80]),
            code: 1007, after: 14),
        Refusal(
            testDescription: "text cut at its last frame", bytes: frame(0x01, [0xE2, 0x82]) + frame(0x80, []),
            code: 1007, after: 14),
    ]

    @Test(arguments: refusals) func refuses(_ refusal: Refusal) {
        #expect(Reading(refusal.reader, refusal.bytes).violation?.code == refusal.code)
        let dripping = Reading(dripping: refusal.reader, refusal.bytes)
        #expect(dripping.violation?.code == refusal.code)
        #expect(dripping.taken == refusal.after)
        for reading in Reading.everywhere(refusal.reader, refusal.bytes) {
            #expect(reading.violation?.code == refusal.code)
        }
    }

    @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1014, 3000, 3999, 4000, 4999])
    func takesCloseCodes(_ code: UInt16) {
        let reading = Reading(.server(), frame(0x88, [UInt8(code >> 8), UInt8(code & 0xFF)]))
        #expect(reading.events == [.close(CloseFrame(code: code, reason: ""))])
    }

    @Test func cutsReasonsThatDoNotFit() {
        let frame = CloseFrame(code: 1006, reason: String(repeating: "ä", count: 100))
        #expect(frame.code == 1011)
        #expect(frame.payload.count == 124)
        #expect(String(validating: frame.payload.dropFirst(2), as: UTF8.self) != nil)
    }

    /// However the bytes are cut, the same is read and the same refused.
    @Test func noiseIsReadTheSameHoweverItComes() {
        var noise = Noise()
        let good = [
            frame(0x81, "hello"), frame(0x01, "a"), frame(0x00, "b"), frame(0x80, [0xC3, 0xBC]), frame(0x89, "ping"),
            frame(0x82, [UInt8](repeating: 1, count: 200)), frame(0x88, [3, 0xE8]), frame(0x81, []),
        ]
        for _ in 0..<3000 {
            var bytes: [UInt8] = []
            for _ in 0...noise.number(below: 5) { bytes += noise.element(of: good) }
            if noise.number(below: 3) > 0 { bytes = noise.mutated(bytes) }
            let reader = noise.number(below: 8) == 0 ? FrameReader.client() : .server()
            let whole = Reading(reader, bytes)
            let dripping = Reading(dripping: reader, bytes)
            #expect(dripping.events == whole.events, "seed \(noise.seed)")
            #expect(dripping.violation?.code == whole.violation?.code, "seed \(noise.seed)")
        }
    }
}
