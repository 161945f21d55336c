import HTTPTypes
import OrionCore
import OrionHTTP

extension HTTPServerResponse {
    // State of a moment: a browser or proxy that kept it would show what is no longer so.
    private static let jsonFields: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]

    /// An answer with a JSON text that is already bytes.
    static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> HTTPServerResponse {
        HTTPServerResponse(status: status, headers: jsonFields, body: bytes)
    }

    /// An answer with a JSON text that others get too.
    static func json(_ ready: HTTPReadyBody) -> HTTPServerResponse {
        HTTPServerResponse(status: .ok, headers: jsonFields, ready: ready)
    }

    /// An answer with a value's JSON.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> HTTPServerResponse {
        json(OrionJSON.encode(value), status: status)
    }

    /// What every refusal looks like.
    static func refusal(
        _ status: HTTPResponse.Status, _ message: String, issues: [ConfigurationIssue] = [],
        headers: HTTPFields = [:]
    ) -> HTTPServerResponse {
        var response = json(ErrorBody(message: message, issues: issues), status: status)
        response.headers.append(contentsOf: headers)
        return response
    }

    /// The refusal of an error, by the table.
    static func refusal(_ error: OrionError) -> HTTPServerResponse {
        let status = error.code.httpStatus
        let headers: HTTPFields =
            status == .serviceUnavailable ? [.retryAfter: String(ServerLimits.retryAfterSeconds)] : [:]
        return refusal(status, error.message, issues: error.issues, headers: headers)
    }
}
