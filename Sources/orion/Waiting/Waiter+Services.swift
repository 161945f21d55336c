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
        do {
            try await wait(for: expectations.map(\.service.rawValue)) { () async throws(ClientError) in
                let records = try await records(of: expectations.map(\.service))
                last = records
                return expectations.map { $0.progress(of: records[$0.service]) }
            }
        } catch let failure as Failure {
            for expectation in expectations {
                guard let evidence = expectation.failure(of: last[expectation.service]) else { continue }
                evidence.lines(console.style).forEach(console.say)
            }
            throw failure
        }
    }

    /// One request for all: a list costs the server less than many records.
    private func records(of names: [ServiceName]) async throws(ClientError) -> [ServiceName: ServiceRecord] {
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
