import NIOCore

@testable import OrionWS

/// WebSocket frames in either role, plain and compressed: nothing crashes, and where the bytes are cut on their way makes
/// no difference.
enum FramesCheck {
    struct Mistake: Error {
        let what: String
    }

    private static let pool: DeflatePool? = DeflatePool(level: 1)

    static func run(_ bytes: [UInt8]) throws(Mistake) {
        for expectsMask in [true, false] {
            for deflate in [nil, pool] {
                let rules = FrameHeader.Rules(
                    expectsMask: expectsMask, maximumBytes: 4096, maximumMessageBytes: 8192, deflate: deflate)
                let whole = Reading([bytes[...]], rules)
                let drops = Reading(bytes.indices.map { bytes[$0...$0] }, rules)
                guard whole == drops else {
                    throw Mistake(what: "cut into bytes it is read otherwise: \(whole) \(drops)")
                }
            }
        }
    }

    /// What is read of some pieces, up to the first that breaks a rule.
    private struct Reading: Equatable {
        var events: [FrameReader.Event] = []
        var violation: String?

        init(_ pieces: [ArraySlice<UInt8>], _ rules: FrameHeader.Rules) {
            var reader = FrameReader(rules)
            var buffer = ByteBuffer()
            for piece in pieces {
                buffer.writeBytes(piece)
                do {
                    while let event = try reader.next(&buffer) { events.append(event) }
                } catch {
                    violation = "\(error)"
                    return
                }
            }
        }
    }
}
