import OrionCore
import OrionHTTP
import OrionScheduler

/// From backlogs to clients.
extension LogHubMachine {
    static let comment = ServerSentEvent.comment

    /// Makes the next page of a client that waits for one, if there is anything to show.
    mutating func serve(_ follower: LogFollower) -> [Action] {
        guard follower.isWaiting else { return [] }
        var actions: [Action] = []
        var page = LogPage(follower.query.format)
        if follower.hasEnded { return end(follower) }
        if !follower.hasBegun {
            follower.hasBegun = true
            page.begin(unique(follower.feeds.map(\.output.replica)))
        }
        // Each feed in turn, until the page is full or none has had anything.
        var idle = 0
        while !page.isFull, idle < follower.feeds.count, let feed = follower.next() {
            idle = advance(feed, follower, &page, &actions) ? 0 : idle + 1
        }
        if follower.hasToldLess, !page.isFull { page.cursor(cursor(follower)) }
        for note in follower.takeNotes() { page.note(note) }
        if !page.isFull, follower.isOver {
            page.end()
            follower.hasEnded = true
            if page.bytes.isEmpty { return actions + end(follower) }
        }
        guard !page.bytes.isEmpty else { return actions }
        follower.isWaiting = false
        follower.isIdle = false
        return actions + [.deliver(follower.id, page.bytes)]
    }

    private mutating func end(_ follower: LogFollower) -> [Action] {
        followers[follower.id] = nil
        return [.deliver(follower.id, nil)]
    }

    /// Shows some lines of one feed; false where there are none.
    private mutating func advance(
        _ feed: LogFeed, _ follower: LogFollower, _ page: inout LogPage, _ actions: inout [Action]
    ) -> Bool {
        guard !feed.isDone, let reader = feed.reader else { return false }
        if case .failed(let reason) = reader.state {
            follower.note("\(feed.output.replica) \(feed.output.stream.rawValue): \(reason)")
            return finish(feed, &actions)
        }
        let backlog = reader.backlog
        guard let place = feed.place, let stretch = backlog.lines(from: place, atMost: ServerLimits.logTurnBytes)
        else { return reader.state == .ended ? finish(feed, &actions) : false }
        if stretch.missed > 0 {
            feed.place = stretch.start
            page.missed(stretch.missed, of: feed.output) { cursor(follower) }
        }
        var end = stretch.start
        feed.place = end
        // The id of an event of a client of many outputs is longer than most lines: the page may be full in between.
        for line in stretch.lines where !page.isFull {
            end = line.end
            feed.place = end
            page.line(line.text, of: feed.output, isMixed: follower.isMixed) { cursor(follower) }
        }
        reader.reached(end)
        if let session = reader.session, let request = reader.grant() { actions.append(.send(session, request)) }
        return end > place
    }

    private mutating func finish(_ feed: LogFeed, _ actions: inout [Action]) -> Bool {
        feed.isDone = true
        actions += detach(feed)
        return true
    }

    private func cursor(_ follower: LogFollower) -> String {
        follower.placesTold = follower.placesKnown
        var text = ""
        var previous: ReplicaID?
        for feed in follower.feeds {
            guard let place = feed.place else { continue }
            LogCursor.write(feed.output, place, after: previous, to: &text)
            previous = feed.output.replica
        }
        return text
    }

    private func unique(_ sorted: [ReplicaID]) -> [ReplicaID] {
        sorted.reduce(into: []) { result, id in if result.last != id { result.append(id) } }
    }
}
