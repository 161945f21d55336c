internal import OrionCore

/// A whole answer of the server, and how it is read.
struct ServerAnswer: Sendable {
    let server: String
    let path: String
    let status: Int
    let body: [UInt8]

    /// The record that the body is.
    func decode<Record: JSONReadable>(_ type: Record.Type) throws(ClientError) -> Record {
        do {
            return try OrionJSON.decode(type, from: body)
        } catch {
            throw notUnderstood(error)
        }
    }

    /// The records under `items`.
    func decodeItems<Record: JSONReadable>(_ type: Record.Type) throws(ClientError) -> [Record] {
        guard case .object(let members) = try value(), case .array(let items)? = members["items"] else {
            throw notUnderstood(OrionError(.invalid, "it has no \"items\""))
        }
        do {
            return try OrionJSON.read([Record].self, from: .array(items))
        } catch {
            throw notUnderstood(error)
        }
    }

    /// The body as it is.
    func value() throws(ClientError) -> JSONValue {
        do {
            return try OrionJSON.parse(body)
        } catch {
            throw notUnderstood(error)
        }
    }

    private func notUnderstood(_ error: any Error) -> ClientError {
        let reason = (error as? OrionError)?.message ?? String(describing: error)
        return ClientError(
            .unexpectedAnswer,
            "what \(server) answered to \(path) is not orion-api's (\(reason)): is that its address, and its version ours?"
        )
    }
}
