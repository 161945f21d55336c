import OrionCore

/// How far a client has come in each output, as the id of an event says it: `00000a:o120e0,00000b:o7`, the end of each
/// replica's id, with the byte of its stdout and of its stderr behind the last line shown.
struct LogCursor: Hashable, Sendable {
    var places: [LogOutput: Int64] = [:]

    init() {}

    /// Whether a replica was placed after all that the cursor knows of; false of an empty one.
    func isBefore(_ replica: ReplicaID) -> Bool {
        guard let last = places.keys.map({ Self.age($0.replica) }).max(by: <) else { return false }
        return last < Self.age(replica)
    }

    /// Those that it knows of, the oldest first.
    var replicas: [ReplicaID] {
        Set(places.keys.map(\.replica)).sorted { Self.age($0) < Self.age($1) }
    }

    /// Ids end in a number that grows with each placement, in base 36 and padded with zeros to six digits at least.
    private static func age(_ replica: ReplicaID) -> (Int, String) {
        let suffix = suffix(of: replica)
        return (suffix.utf8.count, String(suffix))
    }

    private static func suffix(of replica: ReplicaID) -> Substring {
        replica.rawValue.split(separator: "-", omittingEmptySubsequences: false).last ?? ""
    }
}

extension LogCursor {
    /// Appends what the cursor says of one output.
    static func write(_ output: LogOutput, _ place: Int64, after previous: ReplicaID?, to text: inout String) {
        if previous != output.replica {
            if previous != nil { text += "," }
            text += suffix(of: output.replica)
            text += ":"
        }
        text += output.stream == .stdout ? "o" : "e"
        text += String(place)
    }

    /// Reads the id of an event of that service; refuses what is none.
    init(_ text: String, of service: ServiceName) throws(OrionError) {
        for entry in text.split(separator: ",") {
            guard places.count < 2 * ServerLimits.logReplicas, let colon = entry.firstIndex(of: ":") else {
                throw Self.refusal(text)
            }
            guard let replica = Self.replica(entry[..<colon], of: service) else { throw Self.refusal(text) }
            var rest = entry[colon...].dropFirst()
            while let letter = rest.popFirst() {
                let digits = rest.prefix { $0.isASCII && $0.isNumber }
                rest = rest[digits.endIndex...]
                guard letter == "o" || letter == "e", let place = Int64(digits), place <= ServerLimits.fileBytes else {
                    throw Self.refusal(text)
                }
                places[LogOutput(replica: replica, stream: letter == "o" ? .stdout : .stderr)] = place
            }
        }
    }

    /// The replica with that end of its id; nil where no id ends so. What is let through here becomes a part of ids of
    /// events, and of requests to agents.
    static func replica(_ suffix: Substring, of service: ServiceName) -> ReplicaID? {
        let isPlain = suffix.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        guard isPlain, (1...suffixBytes).contains(suffix.utf8.count) else { return nil }
        return ReplicaID(rawValue: "\(service.rawValue)-\(suffix)")
    }

    /// A fence in base 36.
    private static let suffixBytes = 13

    private static func refusal(_ text: String) -> OrionError {
        OrionError(
            .invalid,
            "Last-Event-ID \(quoted(text)) is not the id of an event of this service's logs; leave it out to begin anew."
        )
    }
}
