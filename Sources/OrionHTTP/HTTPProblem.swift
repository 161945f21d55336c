public import HTTPTypes

/// What the server itself refuses, before or instead of a route; the router's `problem` makes a response of it.
public struct HTTPProblem: Error, Sendable, Equatable {
    /// 400, 404, 405, 408, 411, 413, 414, 417, 426, 431, 500, 501, 503 or 505.
    public var status: HTTPResponse.Status

    /// What was wrong, for a person.
    public var message: String

    /// Fields that belong to the status, such as `Allow`. They are added to whatever the renderer answers.
    public var headers: HTTPFields

    /// A problem with these parts.
    public init(status: HTTPResponse.Status, message: String, headers: HTTPFields = [:]) {
        self.status = status
        self.message = message
        self.headers = headers
    }
}
