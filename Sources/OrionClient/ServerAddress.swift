internal import FoundationEssentials

/// Where an orion-api listens: scheme, host and port, without a path.
struct ServerAddress: Hashable, Sendable {
    /// The address as a URL without a trailing slash: `http://127.0.0.1:6060`.
    let text: String
    /// Whether it is `https://`.
    let isSecure: Bool
    /// A name or an address; those of IPv6 without brackets.
    let host: String
    /// Where none is given, 80, or 443 for `https`.
    let port: Int

    /// Reads `http://host:port`, or `host:port` alone.
    init(_ given: String) throws(ClientError) {
        var text = given.contains("://") ? given : "http://" + given
        guard let url = URL(string: text), let scheme = url.scheme, let host = url.host(), !host.isEmpty else {
            throw ClientError(.invalidAddress, "the server's address '\(given)' is not one: write http://HOST:PORT")
        }
        guard scheme == "http" || scheme == "https" else {
            throw ClientError(
                .invalidAddress, "the server's address '\(given)' starts with \(scheme)://: write http://HOST:PORT")
        }
        guard url.path().isEmpty || url.path() == "/", url.query() == nil, url.fragment() == nil, url.user() == nil
        else {
            throw ClientError(
                .invalidAddress,
                "the server's address '\(given)' has more than a host and a port: write http://HOST:PORT")
        }
        if text.hasSuffix("/") { text.removeLast() }
        self.text = text
        self.host = host
        isSecure = scheme == "https"
        port = url.port ?? (isSecure ? 443 : 80)
    }
}
