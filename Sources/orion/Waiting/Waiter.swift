import OrionClient

/// Waits until what a command asked for is so, and shows how far it is.
struct Waiter {
    let client: OrionClient
    let console: Console
    let timeout: WaitingTime

    /// Looks again and again, and returns once all of `names` have settled; throws `Failure` with the reasons if one
    /// cannot, or has not in time. A server that does not answer is waited for: it may be restarting.
    ///
    /// - Parameter look: asks the client that it is given, which waits no longer for an answer than there is time.
    func wait(for names: [String], _ look: (OrionClient) async throws(ClientError) -> [Progress]) async throws {
        guard !names.isEmpty else { return }
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(timeout.seconds)
        // What is drawn again must fit the terminal, or the cursor does not come back to its first line.
        let isRedrawn = console.size.map { names.count < $0.lines } ?? false
        var board = ProgressBoard(names: names, style: console.style, isRedrawn: isRedrawn)
        var delay = Duration.milliseconds(50)
        var seen: [Progress] = []
        var progress: [Progress] = []
        while true {
            do {
                let left = clock.now.duration(to: deadline)
                seen = try await look(boundedClient(secondsLeft: left / Duration.seconds(1)))
                progress = seen
            } catch {
                guard error.isUnreachable || error.status == 503 else { throw error }
                let note = Console.noAnswer
                progress =
                    seen.isEmpty
                    ? names.map { _ in .waiting(note) } : seen.map { .waiting("\($0.text) · \(note)") }
            }
            console.write(board.update(progress, width: console.size?.columns))
            if progress.allSatisfy(\.isFinal) || clock.now >= deadline { break }
            try await Task.sleep(for: min(delay, deadline - clock.now))
            delay = min(delay * 3 / 2, .milliseconds(500))
        }
        try report(zip(names, progress))
    }

    /// A second is left for an answer in any case, or the look at the deadline would see nothing.
    private func boundedClient(secondsLeft: Double) -> OrionClient {
        var client = self.client
        client.timeoutSeconds = min(client.timeoutSeconds, max(1, secondsLeft))
        return client
    }

    private func report(_ progress: some Sequence<(String, Progress)>) throws(Failure) {
        let reasons = progress.compactMap { name, progress -> String? in
            switch progress {
            case .settled: nil
            case .impossible(let reason): "\(name): \(reason)"
            case .waiting(let state): "\(name) has not settled in \(timeout.seconds) s: \(state)"
            }
        }
        guard reasons.isEmpty else { throw Failure(reasons.joined(separator: "; ")) }
    }
}
