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
    /// if `isChunked`, else up to the connection's end. Gives the body that is to be written behind it, where that is one
    /// that others get too.
    static func write(
        _ response: HTTPServerResponse, isHead: Bool, isChunked: Bool = false, persistence: Persistence, date: HTTPDate,
        to buffer: inout ByteBuffer
    ) -> ByteBuffer? {
        let mayHaveBody = response.status != .noContent && response.status.kind != .informational
        let sendsBody = mayHaveBody && !isHead && response.status != .notModified
        let shared = response.sharedBytes
        var head = HeadWriter()
        head.append(response.status)
        var connection: [String] = []
        var hasDate = false
        for field in response.headers {
            switch field.name {
            case .contentLength, .transferEncoding: continue
            case .connection: connection.append(field.value)
            default:
                if field.name == .date { hasDate = true }
                head.append(field.name.rawName, field.value)
            }
        }
        if !hasDate { head.bytes += date.field }
        switch persistence {
        case .keep: break
        case .keepAndSay: connection.append("keep-alive")
        case .close: if !closes(response) { connection.append("close") }
        }
        if !connection.isEmpty { head.append("Connection", connection.joined(separator: ", ")) }
        if response.stream != nil {
            if isChunked { head.append("Transfer-Encoding", "chunked") }
        } else if mayHaveBody {
            head.append("Content-Length", String(response.contentBytes))
        }
        head.end()
        let copied = sendsBody && shared == nil ? response.body : []
        buffer.reserveCapacity(minimumWritableBytes: head.bytes.count + copied.count)
        buffer.writeBytes(head.bytes)
        buffer.writeBytes(copied)
        return sendsBody ? shared : nil
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
        var head = HeadWriter()
        head.append(.switchingProtocols)
        head.append("Connection", "Upgrade")
        head.append("Upgrade", name)
        for field in headers where field.name != .connection && field.name != .upgrade {
            head.append(field.name.rawName, field.value)
        }
        head.end()
        buffer.writeBytes(head.bytes)
    }

    /// Whether the route wants the connection closed.
    static func closes(_ response: HTTPServerResponse) -> Bool {
        response.headers[values: .connection].contains { $0.lowercased().contains("close") }
    }
}
