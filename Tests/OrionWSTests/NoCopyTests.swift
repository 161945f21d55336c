import NIOCore
import Testing

@testable import OrionWS

/// Bytes stay where they are, as far as NIO lets them.
@Suite struct NoCopyTests {
    private func address(_ buffer: ByteBuffer) -> UInt {
        buffer.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
    }

    /// Also where the owner keeps each message: the later ones are not moved for that.
    @Test func messagesAreSlicesOfWhatWasRead() throws {
        let texts = ["one", "", "three", String(repeating: "ä", count: 100), "five"]
        var buffer = ByteBuffer(
            bytes: texts.flatMap { frame(0x81, $0) } + frame(0x81, "the beginning of more").dropLast(3))
        var expected = address(buffer)
        var reader = FrameReader.server()
        var kept: [ByteBuffer] = []
        for text in texts {
            guard case .text(let message) = try reader.next(&buffer) else {
                Issue.record("no text")
                return
            }
            expected += UInt(text.utf8.count > 125 ? 8 : 6)
            #expect(text.isEmpty || address(message) == expected)
            expected += UInt(text.utf8.count)
            kept.append(message)
        }
        #expect(try reader.next(&buffer) == nil)
        #expect(kept.map { String(buffer: $0) } == texts)
    }

    private func frames(_ writer: FrameWriter, _ payloads: [ByteBuffer]) -> [ByteBuffer] {
        writer.frames(
            of: payloads.map { OutgoingMessage(opcode: .binary, payload: .buffer($0)) }, ByteBufferAllocator())
    }

    @Test func aServerSendsLongMessagesAsTheyAre() {
        let long = ByteBuffer(repeating: 7, count: FrameWriter.leastBytesAlone)
        let short = ByteBuffer(repeating: 8, count: FrameWriter.leastBytesAlone - 1)
        let all = frames(FrameWriter(masks: false), [short, short, long, long, short])
        #expect(all.count == 5)
        #expect(address(all[1]) == address(long))
        #expect(address(all[3]) == address(long))
        let bytes = all.flatMap { Array($0.readableBytesView) }
        #expect(
            Reading(.client(maximum: 5000, message: 5000), bytes).events
                == [short, short, long, long, short].map { .binary($0) })
    }

    /// What is masked may be someone else's too.
    @Test func aClientLeavesWhatItWasGivenAsItIs() {
        let long = ByteBuffer(repeating: 7, count: 10_000)
        let all = frames(FrameWriter(masks: true), [long, long])
        #expect(all.count == 1)
        #expect(long == ByteBuffer(repeating: 7, count: 10_000))
        #expect(
            Reading(.server(maximum: 10_000, message: 10_000), Array(all[0].readableBytesView)).events
                == [.binary(long), .binary(long)])
    }
}
