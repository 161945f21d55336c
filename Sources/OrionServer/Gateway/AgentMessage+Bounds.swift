import OrionCore

/// What an agent may say at most. Its types are right by now; here a hostile or broken agent is kept from filling the
/// memory, the store and people's screens. Throws `.invalid` with a sentence that says what is taken.
extension AgentMessage {
    /// The message within its bounds: what an agent says for people is cut, all else is refused.
    func bounded() throws(OrionError) -> AgentMessage {
        switch self {
        case .hello(let hello): .hello(try hello.bounded())
        case .heartbeat(let heartbeat): .heartbeat(try heartbeat.bounded())
        case .status(let status): .status(try status.bounded())
        case .log(let chunk): .log(try chunk.bounded())
        case .leaving, .goodbye, .unknown, .ignored: self
        }
    }
}

extension Hello {
    fileprivate func bounded() throws(OrionError) -> Hello {
        try check("name", name, atMost: ServerLimits.identifierBytes)
        try check("instanceId", instanceId, atMost: ServerLimits.identifierBytes)
        try check("agentVersion", agentVersion, atMost: ServerLimits.identifierBytes)
        try check("labels", count: labels.count, atMost: ServerLimits.labels)
        for (key, value) in labels {
            guard !key.isEmpty else { throw OrionError(.invalid, "A label of the hello has an empty name.") }
            try check("a label's name", key, atMost: ServerLimits.identifierBytes)
            try check("the label \(quoted(key))", value, atMost: ServerLimits.labelValueBytes)
        }
        if let capacity {
            try check("capacity.cpu", capacity.cpu ?? 0)
            try check("capacity.memory", capacity.memory ?? 0)
        }
        guard let replicas else { return self }
        try check("replicas", count: replicas.count, atMost: Hello.maximumReplicas)
        var bounded = self
        bounded.replicas = try replicas.map { replica throws(OrionError) in try replica.bounded() }
        return bounded
    }
}

extension Heartbeat {
    fileprivate func bounded() throws(OrionError) -> Heartbeat {
        try check("timestamp", timestamp)
        try check("metrics", metrics)
        try check("digest", digest, atMost: ServerLimits.identifierBytes)
        guard let replicas else { return self }
        try check("replicas", count: replicas.count, atMost: Hello.maximumReplicas)
        for (id, usage) in replicas { try check("the metrics of \(quoted(id.rawValue))", usage) }
        return self
    }
}

extension ReplicaStatus {
    fileprivate func bounded() throws(OrionError) -> ReplicaStatus {
        if let startedAt { try check("startedAt", startedAt) }
        try check("signal", signal, atMost: ServerLimits.identifierBytes)
        if let ports {
            try check("ports", count: ports.count, atMost: ServerLimits.ports)
            for name in ports.keys { try check("a port's name", name, atMost: ServerLimits.identifierBytes) }
        }
        guard let message, message.utf8.count > ServerLimits.statusMessageBytes else { return self }
        var bounded = self
        bounded.message = message.cut(toBytes: ServerLimits.statusMessageBytes)
        return bounded
    }
}

extension LogChunk {
    fileprivate func bounded() throws(OrionError) -> LogChunk {
        let places = [("offset", offset), ("length", length), ("skipped", skipped ?? 0)]
        for (what, number) in places where !(0...ServerLimits.fileBytes).contains(number) {
            throw OrionError(.invalid, "\(what) is \(number); it must be from 0 to \(ServerLimits.fileBytes).")
        }
        // What is no longer kept is said by `skipped`.
        guard length == 0 || !data.isEmpty else {
            throw OrionError(.invalid, "data is empty, which cannot stand for \(length) bytes of a file.")
        }
        // An invalid byte is shown as U+FFFD, which takes three; more would be kept for nothing.
        guard data.utf8.count <= 3 * length else {
            throw OrionError(.invalid, "data has \(data.utf8.count) bytes, which cannot stand for \(length) of a file.")
        }
        guard let error, error.utf8.count > ServerLimits.statusMessageBytes else { return self }
        var bounded = self
        bounded.error = error.cut(toBytes: ServerLimits.statusMessageBytes)
        return bounded
    }
}

extension String {
    /// The first characters that fit in so many bytes; the end of a cut text is `…`.
    func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: limit - 3)
        while end > utf8.startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return self[..<end] + "…"
    }
}

private func check(_ what: String, _ text: String?, atMost limit: Int) throws(OrionError) {
    guard let text else { return }
    guard text.utf8.count <= limit else {
        throw OrionError(.invalid, "\(what) is \(text.utf8.count) bytes long; at most \(limit) are taken.")
    }
    guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
        throw OrionError(.invalid, "\(what) contains control characters: \(quoted(text)).")
    }
}

private func check(_ what: String, count: Int, atMost limit: Int) throws(OrionError) {
    guard count > limit else { return }
    throw OrionError(.invalid, "\(what) has \(count) entries; at most \(limit) are taken.")
}

private func check(_ what: String, _ amount: Double) throws(OrionError) {
    guard !(0...ServerLimits.amount).contains(amount) else { return }
    throw OrionError(.invalid, "\(what) is \(amount); it must be from 0 to \(ServerLimits.amount).")
}

private func check(_ what: String, _ usage: Usage) throws(OrionError) {
    try check("\(what).cpu", usage.cpu)
    try check("\(what).memory", usage.memory)
}

private func check(_ what: String, _ time: Timestamp) throws(OrionError) {
    let limit = ServerLimits.timestampMilliseconds
    guard !(-limit...limit).contains(time.milliseconds) else { return }
    throw OrionError(.invalid, "\(what) is \(time.milliseconds); milliseconds since the Unix epoch are meant.")
}
