import OrionWS

/// Where a control plane takes agents.
public struct ControlPlaneAddress: Hashable, Sendable, CustomStringConvertible {
    /// A `ws://` address with a path.
    public let description: String

    /// A control plane on this machine, on its usual port.
    public static let standard = ControlPlaneAddress(url: "ws://127.0.0.1:6060/ws")

    private init(url: String) { description = url }

    /// Takes `ws://HOST:PORT/PATH`, and `http://HOST:PORT` too; a path left out is `/ws`.
    public init(_ text: String) throws(AgentError) {
        var url = try Self.url(text)
        guard !url.isSecure else {
            throw AgentError(
                .unsupported,
                "--control-plane \(text): TLS is not built yet: use a ws:// address, through a tunnel if need be")
        }
        if url.target == "/" { url.target = "/ws" }
        self.init(url: url.description)
    }

    private static func url(_ text: String) throws(AgentError) -> WebSocketURL {
        do throws(WebSocketURL.Invalid) {
            return try WebSocketURL(text)
        } catch {
            throw AgentError(.usage, "--control-plane: \(error)")
        }
    }
}
