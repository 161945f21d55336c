import OrionClient
import OrionCore

extension Waiter {
    /// Returns once every change has been made.
    func wait(for changes: [ServiceChange]) async throws {
        try await wait(for: changes.compactMap(Expectation.init))
    }

    /// Returns once every service is as it was asked for. Of rollouts that failed, the evidence is shown.
    func wait(for expectations: [Expectation]) async throws {
        var last: [ServiceName: ServiceRecord] = [:]
        var ids: [ServiceName: String] = [:]
        var overtaken: [Expectation: Progress] = [:]
        do {
            let names = expectations.map(\.service)
            try await wait(for: names.map(\.rawValue)) { (client: OrionClient) async throws(ClientError) in
                let records = try await records(of: names, from: client)
                last = records
                ids.merge(records.mapValues(\.status.id)) { first, _ in first }
                var all: [Progress] = []
                for expectation in expectations {
                    let record = records[expectation.service]
                    var progress = expectation.progress(of: record, knownBy: ids[expectation.service])
                    if let known = overtaken[expectation] {
                        progress = known
                    } else if expectation.isOvertaken(progress, record) {
                        progress = try await end(of: expectation, progress, from: client)
                        overtaken[expectation] = progress
                    }
                    all.append(progress)
                }
                return all
            }
        } catch let failure as Failure {
            for expectation in expectations {
                guard let evidence = expectation.failure(of: last[expectation.service]) else { continue }
                evidence.lines(console.style).forEach(console.say)
            }
            throw failure
        }
    }

    /// Whether what was asked for ever ran, or only what was asked for after it.
    private func end(
        of expectation: Expectation, _ progress: Progress, from client: OrionClient
    ) async throws(ClientError) -> Progress {
        let history = try await client.history(of: expectation.service)
        return expectation.superseded(in: history.map(\.status)) ?? progress
    }

    /// One request for all: a list costs the server less than many records.
    private func records(
        of names: [ServiceName], from client: OrionClient
    ) async throws(ClientError) -> [ServiceName: ServiceRecord] {
        guard names.count == 1 else {
            let records = try await client.services().map { ($0.specification.value.name, $0) }
            return Dictionary(records) { first, _ in first }
        }
        do {
            return [names[0]: try await client.service(names[0])]
        } catch {
            guard error.status == 404 else { throw error }
            return [:]
        }
    }
}
