import HTTPTypes
import NIOCore

/// Which responses are gzipped, and how they say so.
extension HTTPServerResponse {
    /// Shorter ones fit into a packet or two as they are.
    static let leastGzipBytes = 1024

    /// Bytes that would have to be gzipped for this client, which says how long ``gzip(for:)`` takes.
    func bytesToGzip(for request: HTTPServerRequest) -> Int {
        guard isWorthGzip, ready?.isGzipped != true, request.acceptsGzip else { return 0 }
        return contentBytes
    }

    /// Gzips the body where that pays and the client takes it.
    ///
    /// A stream is never gzipped: what is written would wait in zlib for more.
    mutating func gzip(for request: HTTPServerRequest) {
        guard isWorthGzip else { return }
        addVary()
        guard request.acceptsGzip else { return }
        // For HEAD too, though nobody gets the bytes: only they say whether it pays, and so whether GET would be told of
        // gzip (RFC 9110 §9.3.2).
        guard let bytes = ready.map({ $0.gzipped() }) ?? body.withUnsafeBytes({ Gzip.compress($0) }) else { return }
        gzipped = bytes
        headers[.contentEncoding] = "gzip"
        // Other bytes under the same tag: a strong one promises that there are none (RFC 9110 §8.8.1).
        if let tag = headers[.eTag], !tag.hasPrefix("W/") { headers[.eTag] = "W/" + tag }
    }

    private var isWorthGzip: Bool {
        guard stream == nil, contentBytes >= Self.leastGzipBytes, headers[.contentEncoding] == nil,
            status.kind != .informational, ![.noContent, .notModified, .partialContent].contains(status)
        else { return false }
        let isFixed = headers[.cacheControl]?.lowercased().contains("no-transform") ?? false
        return !isFixed && headers[.contentType].map(Self.shrinks) ?? false
    }

    /// Text shrinks; pictures and archives are packed already.
    private static func shrinks(_ contentType: String) -> Bool {
        let type = contentType.prefix { $0 != ";" && $0 != " " }.lowercased()
        if type == "text/event-stream" { return false }
        return type.hasPrefix("text/") || type.hasSuffix("+json") || type.hasSuffix("+xml")
            || ["application/json", "application/javascript", "application/xml", "application/yaml"].contains(type)
    }

    /// Tells caches that another client may get other bytes.
    private mutating func addVary() {
        let names = headers[values: .vary].flatMap { $0.lowercased().split(separator: ",") }
        let isThere = names.contains { name in name.filter { $0 != " " } == "accept-encoding" || name == "*" }
        if !isThere { headers.append(HTTPField(name: .vary, value: "Accept-Encoding")) }
    }
}
