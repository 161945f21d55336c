import HTTPTypes
import NIOCore

/// Writes responses as bytes (RFC 9112 §4).
struct ResponseEncoder {
    /// What becomes of the connection behind the response.
    enum Persistence {
        case keep
        /// As `keep`, and said so, since HTTP/1.0 does not take it for granted.
        case keepAndSay
        case close
    }

    static let continuing: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"

    /// Appends a response; `isHead` leaves out its body, but not its length. A body that is streamed follows, in chunks
    /// if `isChunked`, else up to the connection's end.
    static func write(
        _ response: HTTPServerResponse, isHead: Bool, isChunked: Bool = false, persistence: Persistence, date: HTTPDate,
        to buffer: inout ByteBuffer
    ) {
        let mayHaveBody = response.status != .noContent && response.status.kind != .informational
        let sendsBody = mayHaveBody && !isHead && response.status != .notModified
        buffer.reserveCapacity(minimumWritableBytes: 256 + (sendsBody ? response.body.count : 0))
        writeStatus(response.status, to: &buffer)
        var connection: [String] = []
        var hasDate = false
        for field in response.headers {
            switch field.name {
            case .contentLength, .transferEncoding: continue
            case .connection: connection.append(field.value)
            default:
                if field.name == .date { hasDate = true }
                writeField(field.name.rawName, field.value, to: &buffer)
            }
        }
        if !hasDate { date.write(to: &buffer) }
        switch persistence {
        case .keep: break
        case .keepAndSay: connection.append("keep-alive")
        case .close: if !closes(response) { connection.append("close") }
        }
        if !connection.isEmpty { writeField("Connection", connection.joined(separator: ", "), to: &buffer) }
        if response.stream != nil {
            if isChunked { buffer.writeStaticString("Transfer-Encoding: chunked\r\n") }
        } else if mayHaveBody {
            buffer.writeStaticString("Content-Length: ")
            buffer.writeString(String(response.body.count))
            buffer.writeStaticString("\r\n")
        }
        buffer.writeStaticString("\r\n")
        if sendsBody { buffer.writeBytes(response.body) }
    }

    /// Appends a chunk of a streamed body; an empty one is its end (RFC 9112 §7.1).
    static func writeChunk(_ bytes: [UInt8], to buffer: inout ByteBuffer) {
        buffer.reserveCapacity(minimumWritableBytes: bytes.count + 16)
        buffer.writeString(String(bytes.count, radix: 16))
        buffer.writeStaticString("\r\n")
        buffer.writeBytes(bytes)
        buffer.writeStaticString("\r\n")
    }

    /// Appends the response that hands the connection over to another protocol.
    static func writeSwitching(to name: String, headers: HTTPFields, into buffer: inout ByteBuffer) {
        writeStatus(.switchingProtocols, to: &buffer)
        writeField("Connection", "Upgrade", to: &buffer)
        writeField("Upgrade", name, to: &buffer)
        for field in headers where field.name != .connection && field.name != .upgrade {
            writeField(field.name.rawName, field.value, to: &buffer)
        }
        buffer.writeStaticString("\r\n")
    }

    /// Whether the route wants the connection closed.
    static func closes(_ response: HTTPServerResponse) -> Bool {
        response.headers[values: .connection].contains { $0.lowercased().contains("close") }
    }

    private static func writeStatus(_ status: HTTPResponse.Status, to buffer: inout ByteBuffer) {
        if status.code == 200 {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            buffer.writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
        }
    }

    private static func writeField(_ name: String, _ value: String, to buffer: inout ByteBuffer) {
        buffer.writeString(name)
        buffer.writeStaticString(": ")
        buffer.writeString(value)
        buffer.writeStaticString("\r\n")
    }
}
