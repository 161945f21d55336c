import NIOCore
import NIOEmbedded
import NIOPosix
import NIOSSL
import NIOTLS
import OrionClient
import OrionCore
import OrionHTTP
import OrionTLS
import OrionWS
import Testing

/// Who is let in, and how.
@Suite struct ConnectionTests {
    private let box: CertificateBox

    init() throws {
        box = try CertificateBox()
        try box.makeServer()
        try box.makeClient()
    }

    @Test(arguments: [false, true], ["127.0.0.1", "localhost"])
    func webSocketsGetIn(mutual: Bool, host: String) async throws {
        try await SecureServer.run(box.server(mutual: mutual)) { server in
            let (socket, ear) = try await server.connect(box.client(showing: mutual), host: host)
            let text = String(repeating: "0123456789", count: 10_000)
            socket.send(text: Array(text.utf8))
            #expect(await ear.next() == text)
            socket.close(code: 1000, reason: "")
            #expect(await ear.next() == nil)
        }
    }

    /// Most of them have to wait for the others' handshakes.
    @Test func manyAtOnceGetIn() async throws {
        try await SecureServer.run(box.server(mutual: true)) { server in
            let files = box.client(showing: true)
            try await withThrowingTaskGroup(of: Void.self) { clients in
                for number in 0..<200 {
                    clients.addTask {
                        let (socket, ear) = try await server.connect(files)
                        socket.send(text: Array("\(number)".utf8))
                        #expect(await ear.next() == "\(number)")
                        socket.close(code: 1000, reason: "")
                    }
                }
                try await clients.waitForAll()
            }
        }
    }

    @Test func clientsOfTheAPIGetIn() async throws {
        try await SecureServer.run(box.server(mutual: true)) { server in
            let address = "https://localhost:\(server.port)"
            try await OrionClient(server: address, tls: box.client(showing: true)).health()
            let missing = await #expect(throws: ClientError.self) {
                try await OrionClient(server: address, tls: box.client()).health()
            }
            #expect(missing?.code == .insecure(.missing), "\(missing?.message ?? "")")
            let unknown = await #expect(throws: ClientError.self) {
                try await OrionClient(server: address).health()
            }
            #expect(unknown?.code == .insecure(.unknownAuthority), "\(unknown?.message ?? "")")
        }
    }

    @Test func clientsOfTheAPIRefuseAnotherHost() async throws {
        try box.makeServer(hosts: ["localhost"])
        try await SecureServer.run(box.server()) { server in
            let error = await #expect(throws: ClientError.self) {
                try await OrionClient(server: "https://127.0.0.1:\(server.port)", tls: box.client()).health()
            }
            #expect(error?.code == .insecure(.wrongHost), "\(error?.message ?? "")")
            #expect(error?.message.contains("is for localhost, not for 127.0.0.1") == true)
        }
    }

    @Test func whoFindsNoRoomIsTold() async throws {
        var limits = HTTPLimits()
        limits.connections = 10
        try await SecureServer.run(box.server(), limits: limits) { server in
            var idle: [any Channel] = []
            for _ in 1..<10 {
                let bootstrap = ClientBootstrap(group: SecureServer.group)
                idle.append(try await bootstrap.connect(host: "127.0.0.1", port: server.port).get())
            }
            let client = try OrionClient(server: "https://localhost:\(server.port)", tls: box.client())
            // Its connection is kept; logs come over others.
            try await client.health()
            let error = await #expect(throws: ClientError.self) { _ = try await client.logs(of: "web") }
            #expect(error?.status == 503, "\(error?.message ?? "")")
            for channel in idle { channel.close(promise: nil) }
        }
    }

    @Test func reloadsWithoutDroppingAConnection() async throws {
        let tls = try box.server()
        try await SecureServer.run(tls) { server in
            let (socket, ear) = try await server.connect(box.client())
            try box.makeServer(by: box.stranger)
            try tls.reload()
            await #expect(throws: (any Error).self) { try await server.connect(box.client()) }
            let (newcomer, newEar) = try await server.connect(box.client(trusting: "stranger"))
            newcomer.send(text: Array("new".utf8))
            #expect(await newEar.next() == "new")
            socket.send(text: Array("old".utf8))
            #expect(await ear.next() == "old")

            // What cannot be read changes nothing.
            try box.write("-----BEGIN", to: "server.pem")
            #expect(throws: TLSFileError.self) { try tls.reload() }
            let (third, thirdEar) = try await server.connect(box.client(trusting: "stranger"))
            third.send(text: Array("third".utf8))
            #expect(await thirdEar.next() == "third")
            for socket in [socket, newcomer, third] { socket.close(code: 1000, reason: "") }
        }
    }

    @Test func settlesOnHTTP1AndOneOfTheNewVersions() async throws {
        try await SecureServer.run(box.server()) { server in
            let newest = try await handshake(server.port, from: nil, to: nil)
            #expect(newest == "http/1.1 tlsv13")
            let older = try await handshake(server.port, from: nil, to: .tlsv12)
            #expect(older == "http/1.1 tlsv12")
            await #expect(throws: NIOSSLError.self) { try await handshake(server.port, from: .tlsv1, to: .tlsv11) }
            #expect(await server.log.next()?.contains("the client speaks no version of TLS that is spoken") == true)
        }
    }

    @Test func doesNotWaitForEverForAHandshake() throws {
        let channel = EmbeddedChannel()
        var failures: [TLSFailure] = []
        try box.server().secure(channel) { failures.append($0) }
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(3))
        #expect(!channel.isActive)
        #expect(failures.map(\.reason) == [.broken])
        #expect(throws: TLSFailure.self) { try channel.throwIfErrorCaught() }
    }

    @Test func saysWhatIsWrongWithAFile() throws {
        func error(_ files: TLSFiles) throws -> TLSFileError? {
            let found = #expect(throws: TLSFileError.self) { _ = try TLSClient(files) }
            return found
        }
        let (certificate, key) = (box.path("client.pem"), box.path("client-key.pem"))
        let absent = try error(TLSFiles(authority: "/no/such.pem"))
        #expect(absent?.description == "/no/such.pem: No such file or directory")
        #expect(absent?.file == .authority)
        #expect(try error(TLSFiles(authority: key))?.reason.hasPrefix("no certificates in PEM") == true)
        let twice = try error(TLSFiles(certificate: certificate, key: certificate))
        #expect(twice?.reason.hasPrefix("no private key") == true)
        let other = try error(TLSFiles(certificate: certificate, key: box.path("server-key.pem")))
        #expect(other?.file == .key)
        #expect(other?.reason == "not the key of the certificate \(certificate)")
        #expect(try error(TLSFiles(certificate: "/", key: key))?.reason == "Is a directory")
    }

    /// Shakes hands as another program's client; the protocol and the version.
    private func handshake(_ port: Int, from: TLSVersion?, to: TLSVersion?) async throws -> String {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(box.path("ca.pem"))
        configuration.applicationProtocols = ["h2", "http/1.1"]
        configuration.minimumTLSVersion = from ?? .tlsv12
        configuration.maximumTLSVersion = to
        let context = try NIOSSLContext(configuration: configuration)
        let group = MultiThreadedEventLoopGroup.singleton
        let result = group.next().makePromise(of: String.self)
        let channel = try await ClientBootstrap(group: group).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let tls = try NIOSSLClientHandler(context: context, serverHostname: "localhost")
                try channel.pipeline.syncOperations.addHandlers(tls, Settled(tls, result))
            }
        }.connect(host: "127.0.0.1", port: port).get()
        defer { channel.close(promise: nil) }
        return try await result.futureResult.get()
    }
}

private final class Settled: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let tls: NIOSSLClientHandler
    private let result: EventLoopPromise<String>

    init(_ tls: NIOSSLClientHandler, _ result: EventLoopPromise<String>) {
        self.tls = tls
        self.result = result
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted(let name) = event else { return }
        let version = tls.tlsVersion.map { "\($0)" } ?? ""
        result.succeed("\(name ?? "") \(version)")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { result.fail(error) }
}
