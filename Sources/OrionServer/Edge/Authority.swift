import NIOCore

/// A host and a port, as the fields `Host` and `Origin` name them.
struct Authority: Equatable {
    /// In small letters; an IPv6 address without brackets, and written in the usual way.
    let host: String
    let port: Int?

    init(host: String, port: Int? = nil) {
        self.host = (try? SocketAddress(ipAddress: host, port: 0).ipAddress) ?? host.lowercased()
        self.port = port
    }

    /// Takes `HOST`, `HOST:PORT` and `[IPV6]:PORT`; nil for anything else.
    init?(_ text: String, defaultPort: Int? = nil) {
        var rest = text[...]
        let host: Substring
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = rest[rest.index(after: rest.startIndex)..<end]
            rest = rest[rest.index(after: end)...]
        } else {
            host = rest.prefix { $0 != ":" }
            rest = rest[host.endIndex...]
        }
        var port = defaultPort
        if rest.first == ":" {
            let digits = rest.dropFirst()
            guard digits.isEmpty || UInt16(digits) != nil else { return nil }
            if let given = UInt16(digits) { port = Int(given) }
            rest = ""
        }
        guard rest.isEmpty, !host.isEmpty else { return nil }
        self.init(host: String(host), port: port)
    }

    /// Whether it can be the name of a site that anyone owns: one with a dot, which no address has that was written as such.
    var isPublicName: Bool {
        host.contains(".") && !isLoopback && (try? SocketAddress(ipAddress: host, port: 0)) == nil
    }

    /// Whether only this machine is meant: `localhost`, a name below it, 127.0.0.0/8, `::1`.
    var isLoopback: Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
        guard case .v4 = try? SocketAddress(ipAddress: host, port: 0) else { return false }
        return host.hasPrefix("127.")
    }
}
