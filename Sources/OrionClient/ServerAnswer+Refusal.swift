internal import OrionCore

extension ServerAnswer {
    /// The error that an answer other than 2xx is: the server's own words where it sent them.
    var refusal: ClientError {
        let code: ClientError.Code = status < 500 ? .refused(status: status) : .failed(status: status)
        guard case .object(let members)? = try? OrionJSON.parse(body) else {
            return ClientError(code, "\(server) answered \(path) with status \(status)")
        }
        let message: String
        switch (members["message"], members["reason"]) {
        case (.string(let text)?, _): message = text
        case (_, .string(let text)?): message = "orion-api at \(server) is unavailable: \(text)"
        default: message = "\(server) answered \(path) with status \(status)"
        }
        let issues = members["issues"].flatMap { try? OrionJSON.read([ConfigurationIssue].self, from: $0) } ?? []
        return ClientError(code, message, issues: issues)
    }
}
