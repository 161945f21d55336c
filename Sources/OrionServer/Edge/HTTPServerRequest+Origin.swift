import HTTPTypes
import OrionHTTP

extension HTTPServerRequest {
    /// Whether a browser sent this on behalf of a page from elsewhere.
    ///
    /// A control plane on a developer's machine is reachable by every page that the developer visits; some requests
    /// (POST without a body, a WebSocket) a browser sends without asking first. It says so in this field (Fetch
    /// Metadata, W3C), which no page can change.
    var isCrossSite: Bool { headers[.secFetchSite] == "cross-site" }

    /// The refusal of such a request, where it would change something.
    static var crossSiteRefusal: HTTPServerResponse {
        .refusal(.forbidden, "A page of another site may not change anything here.")
    }
}

extension HTTPField.Name {
    /// `Sec-Fetch-Site`.
    fileprivate static let secFetchSite: HTTPField.Name = {
        guard let name = HTTPField.Name("Sec-Fetch-Site") else { preconditionFailure("a valid field name") }
        return name
    }()
}
