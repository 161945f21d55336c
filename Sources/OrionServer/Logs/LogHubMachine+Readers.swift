import OrionCore
import OrionScheduler

/// From agents to backlogs.
extension LogHubMachine {
    /// Lets a feed read: of a subscription that there is, or of a new one. Nothing while its node is not connected.
    mutating func attach(_ feed: LogFeed, follows: Bool) -> [Action] {
        guard feed.reader == nil, !feed.isDone else { return [] }
        let start = feed.place.map(LogStart.offset) ?? feed.start
        if follows {
            for reader in readersByOutput[feed.output] ?? [] where reader.follows {
                switch reader.place(for: start) {
                case nil: continue
                case .unknown: break
                case .known(let place): feed.place = place
                }
                reader.add(feed)
                return []
            }
        }
        guard let session = sessions[feed.node], session.sendsLogs else { return [] }
        guard readers.count < ServerLimits.logReaders else {
            followers[feed.follower]?.note(
                "\(feed.output.replica): \(ServerLimits.logReaders) outputs are being read already; try again later")
            feed.isDone = true
            return []
        }
        let reader = LogReader(id: "logs-\(nextNumber())", feed: feed, start: start, follows: follows)
        readers[reader.id] = reader
        readersByOutput[feed.output, default: []].append(reader)
        reader.add(feed)
        return [.send(session.id, reader.subscribe(session.id))]
    }

    /// A feed reads no more; the subscription that nobody reads of ends.
    mutating func detach(_ feed: LogFeed) -> [Action] {
        guard let reader = feed.reader else { return [] }
        reader.remove(feed)
        return reader.feeds.isEmpty ? end(reader) : []
    }

    private mutating func end(_ reader: LogReader) -> [Action] {
        readers[reader.id] = nil
        readersByOutput[reader.output]?.removeAll { $0 === reader }
        if readersByOutput[reader.output]?.isEmpty == true { readersByOutput[reader.output] = nil }
        guard let session = reader.session, reader.state == .running else { return [] }
        var request = LogRequest(id: reader.id)
        request.cancel = true
        return [.send(session, request)]
    }

    // MARK: - Agents

    /// A piece of output came. One that nobody asked for is late, and ignored.
    mutating func received(_ chunk: LogChunk, from session: SessionID) -> [Action] {
        if let actions = answered(chunk, from: session) { return actions }
        guard let reader = readers[chunk.id], reader.session == session, reader.state == .running,
            reader.output == LogOutput(replica: chunk.replicaId, stream: chunk.stream)
        else { return [] }
        guard reader.take(chunk) else {
            return [.close(session, reason: "A log of \(chunk.length) bytes is more than was granted.")]
        }
        // Those that are moved to another subscription may find something there.
        var served = Set(reader.feeds.values.map(\.follower))
        var actions = merge(reader)
        served.formUnion(reader.feeds.values.map(\.follower))
        for id in served {
            guard let follower = followers[id] else { continue }
            actions += serve(follower)
        }
        if let session = reader.session, readers[reader.id] === reader, let request = reader.grant() {
            actions.append(.send(session, request))
        }
        return actions
    }

    /// Where one subscription has caught up with another of the same output, one is enough.
    private mutating func merge(_ reader: LogReader) -> [Action] {
        guard reader.follows, let others = readersByOutput[reader.output], others.count > 1 else { return [] }
        var actions: [Action] = []
        for other in others where other !== reader && other.follows {
            guard let mine = reader.backlog.position, let theirs = other.backlog.position else { continue }
            let (behind, ahead) = mine <= theirs ? (reader, other) : (other, reader)
            if case .failed = ahead.state { continue }
            guard let start = ahead.backlog.start else { continue }
            for feed in behind.feeds.values {
                guard let place = feed.place, place >= start, place <= max(mine, theirs) else { continue }
                behind.remove(feed)
                ahead.add(feed)
            }
            guard behind.feeds.isEmpty else { continue }
            actions += end(behind)
            // It is no more: nobody is to be moved to it.
            if behind === reader { break }
        }
        return actions
    }

    /// An agent is there: what waited for it goes on.
    mutating func connected(_ session: Session) -> [Action] {
        sessions[session.node] = session
        guard session.sendsLogs else { return [] }
        var actions: [Action] = []
        for reader in readers.values where reader.node == session.node && reader.state == .running {
            actions.append(.send(session.id, reader.subscribe(session.id)))
        }
        for follower in followers.values {
            for feed in follower.feeds where feed.node == session.node {
                actions += attach(feed, follows: follower.query.follows)
            }
            // Where it joined others there may be something to read already.
            actions += serve(follower)
        }
        return actions
    }

    /// An agent is gone. Who follows waits for it; who does not is told.
    mutating func disconnected(_ session: SessionID) -> [Action] {
        for (node, known) in sessions where known.id == session { sessions[node] = nil }
        var actions = abandoned(session)
        for reader in readers.values where reader.session == session {
            reader.session = nil
            guard !reader.follows, reader.state == .running else { continue }
            reader.state = .failed("the rest is missing: its node has been disconnected")
            for id in Set(reader.feeds.values.map(\.follower)) {
                if let follower = followers[id] { actions += serve(follower) }
            }
        }
        return actions
    }
}
