import OrionClient

/// Waits until what a command asked for is so, and shows how far it is.
struct Waiter {
    let client: OrionClient
    let console: Console
    let timeout: WaitingTime

    /// Looks again and again, and returns once all of `names` have settled; throws `Failure` with the reasons if one
    /// cannot, or has not in time. A server that does not answer is waited for: it may be restarting.
    func wait(for names: [String], _ look: () async throws(ClientError) -> [Progress]) async throws {
        guard !names.isEmpty else { return }
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(timeout.seconds)
        // What is drawn again must fit the terminal, or the cursor does not come back to its first line.
        let isRedrawn = console.size.map { names.count < $0.lines } ?? false
        var board = ProgressBoard(names: names, style: console.style, isRedrawn: isRedrawn)
        var delay = Duration.milliseconds(50)
        var progress: [Progress] = []
        while true {
            do {
                progress = try await look()
            } catch {
                guard error.isUnreachable, clock.now < deadline else { throw error }
                progress = names.map { _ in .waiting("orion-api does not answer; trying again") }
            }
            console.write(board.update(progress, width: console.size?.columns))
            if progress.allSatisfy(\.isFinal) || clock.now >= deadline { break }
            try await Task.sleep(for: min(delay, deadline - clock.now))
            delay = min(delay * 3 / 2, .milliseconds(500))
        }
        try report(zip(names, progress))
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
