import HTTPTypes
import OrionHTTP

/// Keeps web pages out.
///
/// A control plane on a developer's machine is reachable by every page that the developer visits. Some requests (POST
/// without a body, a WebSocket) a browser sends without asking first; and a page whose own name is made to stand for
/// 127.0.0.1 (DNS rebinding) may read every answer. A browser says which page asks in fields that no page can change:
/// `Sec-Fetch-Site` (Fetch Metadata, W3C), `Origin`, and `Host`, the name that the page knows the server by.
struct OriginRule: Sendable {
    /// Whether only this machine reaches the server: then a name that others could give it is none of its own.
    private let isLoopbackOnly: Bool

    /// The rule of a server that is bound to `host`.
    init(host: String) { isLoopbackOnly = Authority(host: host).isLoopback }

    /// The refusal of a request that would look at something; nil where it may.
    func refusalOfRead(_ request: HTTPServerRequest) -> HTTPServerResponse? {
        guard isLoopbackOnly, let host = request.header("Host"), Authority(host)?.isPublicName != false else {
            return nil
        }
        return .refusal(
            .forbidden,
            "This server is bound to loopback and is not \(quoted(host)): a name that others give it could be a web "
                + "page's. Ask for localhost or 127.0.0.1, or have a proxy send that as Host.")
    }

    /// The refusal of a request that would change something or become an agent; nil where it may.
    func refusalOfChange(_ request: HTTPServerRequest) -> HTTPServerResponse? {
        if let refusal = refusalOfRead(request) { return refusal }
        if request.header("Sec-Fetch-Site") == "cross-site" {
            return .refusal(.forbidden, "A page of another site may not change anything here.")
        }
        guard let origin = request.header("Origin"), !Self.isOwn(origin, host: request.header("Host")) else {
            return nil
        }
        return .refusal(
            .forbidden,
            "A page of \(quoted(origin)) may not change anything here: its Origin is not the request's Host. Programs "
                + "leave Origin out.")
    }

    private static func isOwn(_ origin: String, host: String?) -> Bool {
        guard let host, let colon = origin.firstRange(of: "://") else { return false }
        let defaultPort = origin[..<colon.lowerBound].lowercased() == "https" ? 443 : 80
        guard let own = Authority(host, defaultPort: defaultPort) else { return false }
        return Authority(String(origin[colon.upperBound...]), defaultPort: defaultPort) == own
    }
}
