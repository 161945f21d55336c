import OrionWS

/// Where a control plane takes agents.
public struct ControlPlaneAddress: Hashable, Sendable, CustomStringConvertible {
    /// A `ws://` or `wss://` address with a path.
    public let description: String

    /// Whether it is `wss://`.
    public let isSecure: Bool

    /// A control plane on this machine, on its usual port.
    public static let standard = ControlPlaneAddress(url: "ws://127.0.0.1:6060/ws", isSecure: false)

    private init(url: String, isSecure: Bool) {
        description = url
        self.isSecure = isSecure
    }

    /// Takes `ws://HOST:PORT/PATH` and `wss://`, and `http://HOST:PORT` and `https://` too; a path left out is `/ws`.
    public init(_ text: String) throws(AgentError) {
        var url = try Self.url(text)
        if url.target == "/" { url.target = "/ws" }
        self.init(url: url.description, isSecure: url.isSecure)
    }

    private static func url(_ text: String) throws(AgentError) -> WebSocketURL {
        do throws(WebSocketURL.Invalid) {
            return try WebSocketURL(text)
        } catch {
            throw AgentError(.usage, "--control-plane: \(error)")
        }
    }
}
