/// An event of a `text/event-stream` (HTML Living Standard §9.2).
public struct ServerSentEvent: Sendable, Equatable {
    /// Its type; nil for a `message`.
    public var event: String?

    /// What a client that comes back sends as `Last-Event-ID`.
    public var id: String?

    /// What it says.
    public var data: String

    /// An event of these parts.
    public init(event: String? = nil, id: String? = nil, data: String) {
        self.event = event
        self.id = id
        self.data = data
    }

    /// A line that clients throw away: it shows both sides, and what is between them, that the other is there.
    public static let comment = Array(":\n\n".utf8)

    /// Tells a client after how many milliseconds it may come back.
    public static func retry(milliseconds: Int) -> [UInt8] { Array("retry: \(milliseconds)\n\n".utf8) }

    /// Appends the event as it is sent.
    ///
    /// An id or a type with a line break in it is a bug of the program: such a break would end the field.
    public func write(to bytes: inout [UInt8]) {
        if let event { Self.write("event: ", event, to: &bytes) }
        if let id { Self.write("id: ", id, to: &bytes) }
        bytes += "data: ".utf8
        let start = bytes.count
        bytes += data.utf8
        if bytes[start...].contains(where: { $0 == 0x0A || $0 == 0x0D }) {
            bytes.removeSubrange(start...)
            writeLines(to: &bytes)
        }
        bytes += [0x0A, 0x0A]
    }

    /// Each line of the data is a field of its own; the client puts them together again.
    private func writeLines(to bytes: inout [UInt8]) {
        var previous: UInt8 = 0
        for byte in data.utf8 {
            switch byte {
            case 0x0A where previous == 0x0D: break
            case 0x0A, 0x0D: bytes += "\ndata: ".utf8
            default: bytes.append(byte)
            }
            previous = byte
        }
    }

    private static func write(_ name: StaticString, _ value: String, to bytes: inout [UInt8]) {
        precondition(!value.utf8.contains { $0 == 0x0A || $0 == 0x0D || $0 == 0 }, "\(name)\(value)")
        bytes += "\(name)".utf8
        bytes += value.utf8
        bytes.append(0x0A)
    }
}
