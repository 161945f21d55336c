import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import OrionControlPlane
import OrionCore
import OrionScheduler
import OrionServer
import OrionStore
import ServiceLifecycle

/// A control plane with its doors open, in this process, on a free port.
struct TestServer: Sendable {
    let controlPlane: ControlPlane
    let port: Int
    let services: ServiceGroup
    let log: LogRecorder

    /// Runs a server for as long as `body` takes, then stops it gracefully.
    static func run(
        store: any StateStore = MemoryStore(), options: ControlPlaneOptions = ControlPlaneOptions(),
        host: String = "127.0.0.1", configure: (inout OrionServerConfiguration) -> Void = { _ in },
        _ body: (TestServer) async throws -> Void
    ) async throws {
        let log = LogRecorder()
        let logger = log.logger
        let controlPlane = ControlPlane(store: store, options: options, logger: logger)
        let (ports, listening) = AsyncStream<Int>.makeStream()
        var configuration = OrionServerConfiguration(host: host, port: 0)
        configure(&configuration)
        let server = OrionServer(controlPlane: controlPlane, configuration: configuration, logger: logger) { address in
            listening.yield(address.port ?? 0)
        }
        let services = ServiceGroup(services: [controlPlane, server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { listening.finish() }
                try await services.run()
            }
            var failure: (any Error)?
            if let port = await ports.first(where: { _ in true }) {
                do {
                    try await body(TestServer(controlPlane: controlPlane, port: port, services: services, log: log))
                } catch {
                    failure = error
                }
            }
            await services.triggerGracefulShutdown()
            try await tasks.waitForAll()
            if let failure { throw failure }
        }
    }

    /// Sends a request and reads the whole answer.
    func send(
        _ method: HTTPMethod, _ path: String, _ body: String? = nil, type: String? = "application/json",
        headers: [(String, String)] = []
    ) async throws -> TestResponse {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            if let type { request.headers.add(name: "Content-Type", value: type) }
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let content = try await response.body.collect(upTo: 64 << 20)
        return TestResponse(
            status: Int(response.status.code),
            headers: response.headers.map { (name: $0.name.lowercased(), value: $0.value) },
            body: Array(content.readableBytesView))
    }

    /// Sends bytes as they are, and reads until the server closes.
    func sendRaw(_ text: String) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            var answer = ""
            for try await part in inbound { answer += String(buffer: part) }
            return answer
        }
    }

    func get(_ path: String) async throws -> TestResponse { try await send(.GET, path) }

    /// Applies services that run `sleep`, by name and replicas.
    @discardableResult
    func apply(_ services: [String: Int], config: String = "default", query: String = "") async throws -> TestResponse {
        let list = services.sorted { $0.key < $1.key }.map { name, replicas in
            #"{"name":"\#(name)","type":"worker","runtime":"exec","command":"sleep 1000","replicas":\#(replicas)}"#
        }
        let document =
            #"{"apiVersion":"orion/v1","kind":"Config","metadata":{"name":"\#(config)"},"#
            + #""spec":{"services":[\#(list.joined(separator: ","))]}}"#
        return try await send(.POST, "/api/apply\(query)", document)
    }

    /// Asks again until the answer is as wanted.
    func wait(for path: String, until isWanted: (JSONValue) -> Bool) async throws -> JSONValue {
        while true {
            try Task.checkCancellation()
            let answer = try await get(path).json
            if isWanted(answer) { return answer }
            await Task.yield()
        }
    }
}

/// An answer as a test looks at it.
struct TestResponse {
    let status: Int
    let headers: [(name: String, value: String)]
    let body: [UInt8]

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The body; null where it is none.
    var json: JSONValue { (try? OrionJSON.parse(body)) ?? .null }

    var message: String { json["message"].text ?? "" }
}
