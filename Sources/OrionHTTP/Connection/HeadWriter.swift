import HTTPTypes

/// The head of a response as it is put together (RFC 9112 §4, §5).
struct HeadWriter {
    /// An array, since a buffer looks at its storage anew for each of the many small pieces.
    var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(256) }

    mutating func append(_ status: HTTPResponse.Status) {
        append(status.code == 200 ? "HTTP/1.1 200 OK" : "HTTP/1.1 \(status.code) \(status.reasonPhrase)")
        end()
    }

    mutating func append(_ name: String, _ value: String) {
        append(name)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
        append(value)
        end()
    }

    /// The end of a line, or of the head.
    mutating func end() {
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }
}
