import NIOCore
import Testing

@testable import OrionWS

@Suite struct MaskTests {
    @Test func masksAtEveryOffsetAndLength() {
        let mask = Mask(key: 0x0102_0304)
        for offset in 0..<9 {
            for count in 0..<40 {
                var bytes = (0..<count).map { UInt8($0) }
                bytes.withUnsafeMutableBytes { mask.apply(to: $0, offset: offset) }
                let expected = (0..<count).map { UInt8($0) ^ UInt8(($0 + offset) % 4 + 1) }
                #expect(bytes == expected)
            }
        }
    }

    @Test(arguments: [true, false]) func readsWhatItWrites(_ masks: Bool) {
        for count in [0, 1, 125, 126, 65_535, 65_536, 100_000] {
            let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            var buffer = ByteBuffer()
            FrameWriter(masks: masks).write(.binary, .array(payload), to: &buffer)
            let reader =
                masks
                ? FrameReader.server(maximum: 100_000, message: 100_000) : .client(maximum: 100_000, message: 100_000)
            #expect(Reading(reader, Array(buffer.readableBytesView)).events == [.binary(ByteBuffer(bytes: payload))])
        }
    }
}
