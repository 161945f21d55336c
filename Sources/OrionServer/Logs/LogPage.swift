import OrionCore
import OrionHTTP

/// What one client is sent at a time, as text or as events.
struct LogPage {
    private let format: LogQuery.Format
    private(set) var bytes: [UInt8] = []

    init(_ format: LogQuery.Format) { self.format = format }

    /// Whether what follows is the next page's.
    var isFull: Bool { bytes.count >= ServerLimits.logPageBytes }

    mutating func begin(_ replicas: [ReplicaID]) {
        guard format == .events else { return }
        bytes += ServerSentEvent.retry(milliseconds: 1000)
        write(event: "start", StartBody(replicas: replicas))
    }

    mutating func line(_ text: ArraySlice<UInt8>, of output: LogOutput, isMixed: Bool, id: () -> String) {
        switch format {
        case .text:
            if isMixed { bytes += "\(output.replica.rawValue) | ".utf8 }
            bytes += text
            bytes.append(0x0A)
        case .events:
            let line = String(decoding: text, as: UTF8.self)
            write(id: id(), LineBody(line: line, replica: output.replica, stream: output.stream))
        }
    }

    mutating func missed(_ count: Int64, of output: LogOutput, id: () -> String) {
        switch format {
        case .text: note("\(count) bytes of \(output.replica) \(output.stream.rawValue) missed")
        case .events:
            write(event: "missed", id: id(), MissedBody(bytes: count, replica: output.replica, stream: output.stream))
        }
    }

    mutating func cursor(_ id: String) {
        if format == .events { write(event: "cursor", id: id, EmptyBody()) }
    }

    mutating func note(_ text: String) {
        switch format {
        case .text: bytes += "[orion] \(text)\n".utf8
        case .events: write(event: "note", NoteBody(message: text))
        }
    }

    mutating func end() {
        if format == .events { write(event: "end", EmptyBody()) }
    }

    private mutating func write(event: String? = nil, id: String? = nil, _ body: some Encodable) {
        let data = String(decoding: OrionJSON.encode(body), as: UTF8.self)
        ServerSentEvent(event: event, id: id, data: data).write(to: &bytes)
    }
}

private struct StartBody: Encodable {
    var replicas: [ReplicaID]
}

private struct LineBody: Encodable {
    var line: String
    var replica: ReplicaID
    var stream: LogStream
}

private struct MissedBody: Encodable {
    var bytes: Int64
    var replica: ReplicaID
    var stream: LogStream
}

private struct NoteBody: Encodable {
    var message: String
}

private struct EmptyBody: Encodable {}
