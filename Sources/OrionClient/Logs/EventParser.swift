/// One event of a `text/event-stream`, as it came.
struct EventFrame: Hashable, Sendable {
    var event: String?
    var id: String?
    var data: String
}

/// Reads a `text/event-stream` (HTML Living Standard §9.2.6) piece by piece.
struct EventParser {
    /// A line of the stream is longer than any that is sent: the other side is no orion-api.
    struct LineTooLong: Error {}

    private static let lineBytes = 4 << 20

    private var line: [UInt8] = []
    private var endsWithReturn = false
    private var event: String?
    private var id: String?
    private var data: String?

    init() {}

    /// Takes what came, and returns the events that are whole now.
    mutating func push(_ bytes: some Sequence<UInt8>) throws(LineTooLong) -> [EventFrame] {
        var frames: [EventFrame] = []
        for byte in bytes {
            switch byte {
            case 0x0A where endsWithReturn: endsWithReturn = false
            case 0x0A, 0x0D:
                endsWithReturn = byte == 0x0D
                if let frame = endLine() { frames.append(frame) }
            default:
                endsWithReturn = false
                guard line.count < Self.lineBytes else { throw LineTooLong() }
                line.append(byte)
            }
        }
        return frames
    }

    private mutating func endLine() -> EventFrame? {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else {
            defer { (event, data) = (nil, nil) }
            return data.map { EventFrame(event: event, id: id, data: $0) }
        }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        let text = String(decoding: value, as: UTF8.self)
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "event": event = text
        case "id": id = text
        case "data": data = data.map { $0 + "\n" + text } ?? text
        default: break
        }
        return nil
    }
}
