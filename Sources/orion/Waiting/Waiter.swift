import OrionClient
import OrionCore

/// Waits until services are as a command asked for, and shows how far they are.
struct Waiter {
    let client: OrionClient
    let console: Console
    let timeout: WaitingTime

    /// Returns once all have settled; throws `Failure` with the reasons if one cannot, or has not in time.
    func wait(for expectations: [Expectation]) async throws {
        guard !expectations.isEmpty else { return }
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(timeout.seconds)
        var board = ProgressBoard(
            services: expectations.map(\.service), style: console.style, isRedrawn: console.isTerminal)
        var delay = Duration.milliseconds(50)
        var progress: [(ServiceName, Progress)] = []
        while true {
            do {
                progress = try await look(at: expectations)
            } catch {
                guard error.isUnreachable, clock.now < deadline else { throw error }
                progress = expectations.map { ($0.service, .waiting("orion-api does not answer; trying again")) }
            }
            console.write(board.update(progress, width: console.size?.columns))
            if progress.allSatisfy({ $0.1.isFinal }) { break }
            guard clock.now < deadline else { break }
            try await Task.sleep(for: min(delay, deadline - clock.now))
            delay = min(delay * 3 / 2, .milliseconds(500))
        }
        try report(progress)
    }

    /// One request for all: a list costs the server less than many records.
    private func look(at expectations: [Expectation]) async throws(ClientError) -> [(ServiceName, Progress)] {
        var records: [ServiceName: ServiceRecord] = [:]
        if expectations.count == 1 {
            records[expectations[0].service] = try await record(of: expectations[0].service)
        } else {
            for record in try await client.services() { records[record.specification.value.name] = record }
        }
        return expectations.map { ($0.service, $0.progress(of: records[$0.service])) }
    }

    private func record(of service: ServiceName) async throws(ClientError) -> ServiceRecord? {
        do {
            return try await client.service(service)
        } catch {
            guard error.status == 404 else { throw error }
            return nil
        }
    }

    private func report(_ progress: [(ServiceName, Progress)]) throws {
        var reasons: [String] = []
        for (service, progress) in progress {
            switch progress {
            case .settled: break
            case .impossible(let reason): reasons.append("\(service): \(reason)")
            case .waiting(let state): reasons.append("\(service) has not settled in \(timeout.seconds) s: \(state)")
            }
        }
        guard reasons.isEmpty else { throw Failure(reasons.joined(separator: "; ")) }
    }
}
