import NIOCore

@testable import OrionWS

/// Bytes of frames as a test wants them, rules or not.
func frame(
    _ first: UInt8, _ payload: [UInt8], mask: [UInt8]? = [1, 2, 3, 4], lengthBytes: Int? = nil, length: UInt64? = nil
) -> [UInt8] {
    let maskBit: UInt8 = mask == nil ? 0 : 0x80
    let count = length ?? UInt64(payload.count)
    var bytes = [first]
    switch lengthBytes ?? (count > 0xFFFF ? 8 : count > 125 ? 2 : 0) {
    case 0: bytes.append(maskBit | UInt8(count))
    case 2: bytes += [maskBit | 126, UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
    default: bytes += [maskBit | 127] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
    }
    guard let mask else { return bytes + payload }
    return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
}

func frame(_ first: UInt8, _ text: String, mask: [UInt8]? = [1, 2, 3, 4]) -> [UInt8] {
    frame(first, Array(text.utf8), mask: mask)
}

extension FrameReader {
    static func server(maximum: Int = 1000, message: Int = 1500, deflate: DeflatePool? = nil) -> FrameReader {
        FrameReader(
            .init(expectsMask: true, maximumBytes: maximum, maximumMessageBytes: message, deflate: deflate))
    }

    static func client(maximum: Int = 1000, message: Int = 1500) -> FrameReader {
        FrameReader(.init(expectsMask: false, maximumBytes: maximum, maximumMessageBytes: message))
    }
}

/// What a reader makes of bytes that come in pieces, and after how many bytes it refused them.
struct Reading: Equatable {
    var events: [FrameReader.Event] = []
    var violation: Violation?
    var taken = 0

    init(_ reader: FrameReader, _ pieces: [ArraySlice<UInt8>]) {
        var reader = reader
        var buffer = ByteBuffer()
        do throws(Violation) {
            for piece in pieces {
                buffer.writeBytes(piece)
                taken += piece.count
                while let event = try reader.next(&buffer) { events.append(event) }
            }
        } catch {
            violation = error
        }
    }

    init(_ reader: FrameReader, _ bytes: [UInt8]) {
        self.init(reader, [bytes[...]])
    }

    /// One byte after the other.
    init(dripping reader: FrameReader, _ bytes: [UInt8]) {
        self.init(reader, bytes.indices.map { bytes[$0..<$0 + 1] })
    }

    /// Whatever the pieces: the same events and the same end.
    static func everywhere(_ reader: FrameReader, _ bytes: [UInt8]) -> [Reading] {
        var readings = [Reading(reader, bytes), Reading(dripping: reader, bytes)]
        for index in bytes.indices.dropFirst() { readings.append(Reading(reader, [bytes[..<index], bytes[index...]])) }
        return readings
    }
}
