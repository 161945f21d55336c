internal import AsyncHTTPClient
internal import NIOCore
internal import NIOPosix
public import OrionCore
public import OrionTLS

/// A typed client of orion-api's REST interface.
///
/// A value: copies share one pool of connections, which belongs to the process and needs no shutting down. Every method
/// throws `ClientError`, whose message is fit for a person; a change is durable once its method returns.
public struct OrionClient: Sendable {
    /// The server's address as it is asked: `http://127.0.0.1:6060`.
    public var server: String { address.text }
    /// Seconds until a request without an answer is given up.
    public var timeoutSeconds: Double
    /// Seconds of silence until logs are given up that are waited for: the server says something four times in that time,
    /// if only that it is there.
    package var silenceSeconds = 60.0

    let address: ServerAddress
    let tls: TLSClient?

    /// A client of the orion-api at `http://HOST:PORT` or `https://HOST:PORT`; nothing is sent yet.
    ///
    /// - Parameter tls: the authorities that an `https://` server may be signed by, and what it is shown; read here.
    public init(server: String, tls files: TLSFiles = TLSFiles(), timeoutSeconds: Double = 30) throws(ClientError) {
        address = try ServerAddress(server)
        self.timeoutSeconds = timeoutSeconds
        do throws(TLSFileError) {
            tls = if address.isSecure { try TLSClient(files) } else { nil }
        } catch {
            throw ClientError(.invalidFiles, "TLS cannot be spoken to \(server): \(error)")
        }
    }

    /// One pool for the process.
    static let connections = pool()

    /// A pool of connections. One that is refused is reported at once: waiting is for the caller to decide.
    static func pool() -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.redirectConfiguration = .follow(max: 3, allowCycles: false)
        configuration.httpVersion = .http1Only
        return HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), configuration: configuration)
    }
}

extension OrionClient {
    /// Returns if the server can read and write its state; throws with its reason if not.
    public func health() async throws(ClientError) {
        _ = try await send(.get, "/health")
    }

    /// Applies a configuration document, given as its bytes; durable once this returns.
    ///
    /// - Parameters:
    ///   - document: YAML or JSON.
    ///   - contentType: `application/yaml` or `application/json`.
    ///   - dryRun: Say what would change, and change nothing.
    ///   - prune: Remove the services of the same `metadata.name` that the document no longer names.
    ///   - takeOver: Take services that belong to another `metadata.name`.
    public func apply(
        document: [UInt8], contentType: String = "application/yaml", dryRun: Bool = false, prune: Bool = false,
        takeOver: Bool = false
    ) async throws(ClientError) -> ApplyResult {
        let flags = [("dryRun", dryRun), ("prune", prune), ("takeOver", takeOver)].filter(\.1).map { "\($0.0)=true" }
        let query = flags.isEmpty ? "" : "?" + flags.joined(separator: "&")
        let answer = try await send(.post, "/api/apply" + query, body: document, contentType: contentType)
        return try answer.decode(ApplyResult.self)
    }
}
