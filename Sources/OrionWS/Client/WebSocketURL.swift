/// The address of a WebSocket: `ws://HOST[:PORT][/PATH][?QUERY]`, with `http://` for the same thing.
public struct WebSocketURL: Sendable, Equatable, CustomStringConvertible {
    /// A name or an address; those of IPv6 without brackets.
    public var host: String

    /// Where none is given, 80, or 443 for `wss`.
    public var port: Int

    /// Whether it is `wss://` or `https://`.
    public var isSecure: Bool

    /// The path with the query; `/` where none is given.
    public var target: String

    /// Why a text is no address of a WebSocket.
    public struct Invalid: Error, Sendable, Equatable, CustomStringConvertible {
        /// What was wrong, and how it should look.
        public let description: String
    }

    /// Reads an address.
    public init(_ text: String) throws(Invalid) {
        func invalid(_ reason: String) -> Invalid {
            Invalid(description: "\(text) is no address of a WebSocket: \(reason); write ws://HOST:PORT/PATH")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw invalid("it holds a space or no ASCII") }
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw invalid("it has no scheme") }
        switch parts[0].lowercased() {
        case "ws", "http": isSecure = false
        case "wss", "https": isSecure = true
        default: throw invalid("the scheme must be ws, wss, http or https")
        }
        guard !parts[1].contains("#") else { throw invalid("it has a fragment") }
        let end = parts[1].firstIndex { $0 == "/" || $0 == "?" } ?? parts[1].endIndex
        let authority = parts[1][..<end]
        let rest = parts[1][end...]
        target = rest.hasPrefix("/") ? String(rest) : "/" + rest
        guard !authority.contains("@") else { throw invalid("it has a user name") }
        guard let (host, port) = Self.split(authority) else { throw invalid("its host or port is wrong") }
        self.host = host
        self.port = port ?? (isSecure ? 443 : 80)
    }

    /// The address as it is written.
    public var description: String {
        "\(isSecure ? "wss" : "ws")://\(authority)\(target)"
    }

    /// The host and port as they stand in a Host field.
    var authority: String {
        let isDefault = port == (isSecure ? 443 : 80)
        let name = host.contains(":") ? "[\(host)]" : host
        return isDefault ? name : "\(name):\(port)"
    }

    private static func split(_ authority: Substring) -> (String, Int?)? {
        var host = authority
        var rest = Substring()
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            rest = authority[authority.index(after: end)...]
            guard host.contains(":") else { return nil }
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            rest = authority[colon...]
        }
        guard !host.isEmpty else { return nil }
        guard !rest.isEmpty else { return (String(host), nil) }
        guard rest.hasPrefix(":"), let port = UInt16(rest.dropFirst()), port > 0 else { return nil }
        return (String(host), Int(port))
    }
}
