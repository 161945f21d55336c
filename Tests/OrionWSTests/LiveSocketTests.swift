import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import OrionWS

/// WebSockets over real TCP; the server side stands on the bare socket, as if the upgrade had been answered.
@Suite struct LiveSocketTests {
    private static let group = MultiThreadedEventLoopGroup.singleton

    /// Opens a pair: our server end, and the bytes of the other.
    private func pair(
        _ owner: Owner, autoRead: Bool = true, window: Int? = nil, deflate: DeflateAgreement? = nil,
        _ change: (inout WebSocketConfiguration) -> Void = { _ in }
    ) async throws -> Peer {
        var configuration = WebSocketConfiguration()
        configuration.closeTimeoutSeconds = 1
        change(&configuration)
        let server = try await ServerBootstrap(group: Self.group)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { [configuration] channel in
                owner.stands(on: channel)
                return WebSocketUpgrade(configuration, deflate: deflate).install(on: channel, handler: owner)
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let peer = try await Peer(port: server.localAddress?.port ?? 0, autoRead: autoRead, window: window)
        peer.listener = server
        guard case .opened = await owner.next() else {
            Issue.record("not opened")
            return peer
        }
        return peer
    }

    private func isAlive(_ socket: WebSocket?, within seconds: Double) async -> Bool {
        await withCheckedContinuation { continuation in
            socket?.ping(within: seconds) { continuation.resume(returning: $0) }
        }
    }

    private func pause(_ socket: WebSocket?) async throws {
        socket?.pauseReading()
        try await socket?.eventLoop.submit {}.get()
    }

    @Test func answersPingsAndCloses() async throws {
        let owner = Owner()
        let peer = try await pair(owner)
        peer.send(frame(0x89, "ping"))
        #expect(await peer.receive(6) == frame(0x8A, "ping", mask: nil))
        peer.send(frame(0x88, [0x03, 0xE8] + Array("bye".utf8)))
        #expect(await peer.receiveAll() == frame(0x88, [0x03, 0xE8], mask: nil))
        let closure = await owner.closure()
        #expect(closure?.origin == .remote)
        #expect(closure?.code == 1000)
        #expect(closure?.reason == "bye")
    }

    @Test(
        arguments: [
            ([0x81, 0x01, 0x61], 1002), (frame(0xF1, "a"), 1002), (frame(0x81, [0xFF]), 1007),
            (frame(0x82, [], lengthBytes: 8, length: 1 << 20 + 1), 1009),
        ] as [([UInt8], UInt16)])
    func closesOnViolations(_ bytes: [UInt8], _ code: UInt16) async throws {
        let owner = Owner()
        let peer = try await pair(owner)
        peer.send(bytes)
        let answer = await peer.receiveAll()
        #expect(answer.first == 0x88)
        #expect(answer.dropFirst(2).prefix(2) == [UInt8(code >> 8), UInt8(code & 0xFF)])
        let closure = await owner.closure()
        #expect(closure?.origin == .local)
        #expect(closure?.code == code)
    }

    @Test func tellsOfALostConnection() async throws {
        let owner = Owner()
        let peer = try await pair(owner)
        peer.send(frame(0x81, "last"))
        try await peer.channel.close()
        #expect(await owner.next() == .text("last"))
        let closure = await owner.closure()
        #expect(closure?.origin == .lost)
        #expect(closure?.silentForSeconds == 0)
    }

    @Test func closesWithTheCodeOfItsOwner() async throws {
        let owner = Owner()
        let peer = try await pair(owner)
        owner.socket?.send(text: Array("before".utf8))
        owner.socket?.close(code: 4409, reason: "taken")
        owner.socket?.send(text: Array("after".utf8))
        let expected = frame(0x81, "before", mask: nil) + frame(0x88, [0x11, 0x39] + Array("taken".utf8), mask: nil)
        #expect(await peer.receive(expected.count) == expected)
        peer.send(frame(0x81, "late") + frame(0x88, [0x11, 0x39]))
        let closure = await owner.closure()
        #expect(closure?.origin == .local)
        #expect(closure?.code == 4409)
    }

    @Test func doesNotWaitForAnAnswerForEver() async throws {
        let owner = Owner()
        let peer = try await pair(owner) { $0.closeTimeoutSeconds = 0.1 }
        owner.socket?.close(code: 1000, reason: "")
        #expect(await owner.closure()?.code == 1000)
        await peer.receiveAll()
    }

    @Test func closesAtAShutdown() async throws {
        let owner = Owner()
        let peer = try await pair(owner)
        owner.channel?.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        let expected = frame(0x88, [0x03, 0xE9] + Array("shutting down".utf8), mask: nil)
        #expect(await peer.receive(expected.count) == expected)
    }

    // MARK: Back-pressure

    @Test func endsAPeerThatDoesNotRead() async throws {
        let owner = Owner()
        let peer = try await pair(owner, autoRead: false) {
            $0.outboundLimitBytes = 300_000
            $0.closeTimeoutSeconds = 0.1
        }
        let chunk = [UInt8](repeating: 0x61, count: 100_000)
        // The kernel takes some megabytes.
        let closed = owner.closedFlag
        while !closed.isSet {
            owner.socket?.send(text: chunk)
            await Task.yield()
        }
        let closure = await owner.closure()
        #expect(closure?.didNotDrain == true)
        #expect(closure?.code == 1008)
        try? await peer.channel.close()
    }

    /// The other policy: what finds no room is not taken, its sender knows, and hears of room.
    @Test func refusesMessagesWithoutRoom() async throws {
        let owner = Owner()
        let peer = try await pair(owner) {
            $0.outboundLimitBytes = 300_000
            $0.overflow = .refuse
        }
        let socket = try #require(owner.socket)
        let chunk = ByteBuffer(repeating: 0x61, count: 100_000)
        // Nothing leaves while the event loop is busy here.
        let taken = try await socket.eventLoop.submit { (0..<4).map { _ in socket.send(binary: chunk) } }.get()
        #expect(taken == [true, true, false, false])
        #expect(await peer.receive(200_020).count == 200_020)
        // What the peer has is out of the way once the event loop has done with it.
        #expect(try await socket.eventLoop.submit { socket.waitingBytes }.get() == 0)
        #expect(owner.drainedCount > 0)
        #expect(socket.send(binary: chunk))
        #expect(await peer.receive(100_010).count == 100_010)
    }

    // MARK: Compression

    @Test func compressesAndExpands() async throws {
        let owner = Owner()
        let peer = try await pair(owner, deflate: DeflateAgreement()) { $0.deflate = WebSocketDeflate(minimumBytes: 5) }
        peer.send(frame(0xC1, [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]) + frame(0x81, "plain"))
        #expect(await owner.next() == .text("Hello"))
        #expect(await owner.next() == .text("plain"))
        owner.socket?.send(text: Array("four".utf8))
        owner.socket?.send(text: [UInt8](repeating: 0x61, count: 10_000))
        #expect(await peer.receive(6) == frame(0x81, "four", mask: nil))
        let head = await peer.receive(2)
        #expect(head.first == 0xC1)
        #expect(head.last ?? 126 < 126)
        _ = await peer.receive(Int(head.last ?? 0))
        peer.send(frame(0xC9, "no"))
        #expect(await peer.receiveAll().dropFirst(2).prefix(2) == [0x03, 0xEA])
        #expect(await owner.closure()?.code == 1002)
    }

    @Test func countsOnlyWhatHasNotLeft() async throws {
        let owner = Owner()
        let peer = try await pair(owner) { $0.outboundLimitBytes = 250_000 }
        let chunk = [UInt8](repeating: 0x61, count: 100_000)
        for _ in 0..<50 {
            owner.socket?.send(binary: chunk)
            #expect(await peer.receive(100_010).count == 100_010)
        }
    }

    /// While it is paused nothing is delivered, but pings are answered as long as there is room.
    @Test func pausesReading() async throws {
        let owner = Owner()
        let peer = try await pair(owner) { $0.readAheadBytes = 1000 }
        try await pause(owner.socket)
        peer.send(frame(0x81, "a") + frame(0x89, "p") + frame(0x81, "b"))
        #expect(await peer.receive(3) == frame(0x8A, "p", mask: nil))
        #expect(owner.count == 0)
        owner.socket?.resumeReading()
        #expect(await owner.next() == .text("a"))
        #expect(await owner.next() == .text("b"))
    }

    /// Empty messages take room too.
    @Test func keepsFewEmptyMessages() async throws {
        let owner = Owner()
        let peer = try await pair(owner) { $0.readAheadBytes = 1000 }
        try await pause(owner.socket)
        for _ in 0..<100 { peer.send(frame(0x81, "")) }
        while await !isAlive(owner.socket, within: 0.05) {}
        owner.socket?.resumeReading()
        for _ in 0..<100 { #expect(await owner.next() == .text("")) }
    }

    /// A message of the whole limit may be sent, alone.
    @Test func sendsWhatTheLimitAllows() async throws {
        let owner = Owner()
        let peer = try await pair(owner) { $0.outboundLimitBytes = 70_000 }
        owner.socket?.send(binary: [UInt8](repeating: 7, count: 70_000))
        #expect(await peer.receive(70_010).count == 70_010)
        #expect(owner.socket?.waitingBytes ?? 0 <= 70_014)
    }

    @Test func stopsReadingWhenItHasReadAhead() async throws {
        let owner = Owner()
        let peer = try await pair(owner) { $0.readAheadBytes = 1000 }
        try await pause(owner.socket)
        let message = frame(0x82, [UInt8](repeating: 7, count: 60_000))
        for _ in 0..<400 { peer.send(message) }
        // Its pongs would be behind 24 MB that are not read: it counts as alive, and is not silent.
        while await !isAlive(owner.socket, within: 0.05) {}
        owner.socket?.setKeepAlive(pingIntervalSeconds: 0.05, silenceTimeoutSeconds: 0.1)
        #expect(await isAlive(owner.socket, within: 0.3))
        #expect(owner.count == 0)
        owner.socket?.setKeepAlive(pingIntervalSeconds: nil, silenceTimeoutSeconds: nil)
        owner.socket?.resumeReading()
        for _ in 0..<400 { #expect(await owner.next() == .binary(60_000)) }
    }

    @Test func whatCameBeforeTheEndIsDeliveredThoughPaused() async throws {
        let owner = Owner()
        let peer = try await pair(owner) { $0.readAheadBytes = 0 }
        try await pause(owner.socket)
        peer.send(frame(0x81, "a") + frame(0x81, "b"))
        try await peer.channel.close()
        #expect(await owner.next() == .text("a"))
        #expect(await owner.next() == .text("b"))
        #expect(await owner.closure()?.origin == .lost)
    }

    // MARK: Life

    @Test func findsOutThatAPeerIsSilent() async throws {
        let owner = Owner()
        let peer = try await pair(owner)
        owner.socket?.setKeepAlive(pingIntervalSeconds: 0.05, silenceTimeoutSeconds: 0.3)
        // It talks, but answers no ping.
        let talk = peer.channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(20)) {
            [channel = peer.channel] _ in
            channel.writeAndFlush(ByteBuffer(bytes: frame(0x8A, "unasked")), promise: nil)
        }
        let closure = await owner.closure()
        talk.cancel()
        #expect(closure?.origin == .lost)
        #expect((closure?.silentForSeconds ?? 0) >= 0.3)
    }

    /// It answers no ping, but cannot have read one before all that stands before it.
    @Test func aSlowLineIsNoSilentPeer() async throws {
        let owner = Owner()
        let peer = try await pair(owner, autoRead: false, window: 8192) { $0.kernelUnsentBytes = 8192 }
        let bytes = 1_000_000
        owner.socket?.send(binary: [UInt8](repeating: 7, count: bytes))
        owner.socket?.setKeepAlive(pingIntervalSeconds: 0.1, silenceTimeoutSeconds: 2.5)
        let reading = peer.channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(35)) {
            [channel = peer.channel] _ in channel.read()
        }
        let begin = ContinuousClock.now
        #expect(await peer.receive(bytes).count == bytes)
        // Else it shows nothing.
        #expect(ContinuousClock.now - begin > .seconds(3))
        reading.cancel()
        let closure = await owner.closure()
        #expect(closure?.origin == .lost)
        #expect((closure?.silentForSeconds ?? 0) >= 2.5)
    }

    @Test func twoOfOursKeepEachOtherAlive() async throws {
        let server = Owner()
        let listener = try await ServerBootstrap(group: Self.group)
            .childChannelInitializer { channel in
                channel.pipeline.addHandler(UpgradeByHand(server))
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let client = Owner()
        var configuration = WebSocketConfiguration()
        configuration.pingIntervalSeconds = 0.02
        configuration.silenceTimeoutSeconds = 5
        let socket = try await WebSocketClient.connect(
            to: WebSocketURL("ws://localhost:\(listener.localAddress?.port ?? 0)/x"), configuration: configuration,
            group: Self.group, handler: client)
        for _ in 0..<20 {
            #expect(await isAlive(socket, within: 5))
        }
        // What came with the answer to the handshake is delivered too.
        #expect(await client.next() == .opened)
        #expect(await client.next() == .text("first"))
        socket.close(code: 1000, reason: "")
        #expect(await client.closure()?.origin == .local)
        #expect(await !isAlive(socket, within: 5))
        try await listener.close()
    }

    // MARK: The client

    private func serve(_ answer: String) async throws -> any Channel {
        try await ServerBootstrap(group: Self.group)
            .childChannelInitializer { channel in channel.pipeline.addHandler(Answer(answer)) }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    private func connect(
        _ port: Int, timeout: Double = 15
    ) async throws(WebSocketConnectError) -> WebSocket {
        var configuration = WebSocketConfiguration()
        configuration.connectTimeoutSeconds = timeout
        guard let url = try? WebSocketURL("ws://127.0.0.1:\(port)/ws") else { preconditionFailure() }
        let owner = Owner()
        return try await WebSocketClient.connect(
            to: url, configuration: configuration, group: Self.group, handler: owner)
    }

    private func code(_ answer: String, timeout: Double = 15) async throws -> WebSocketConnectError.Code? {
        let listener = try await serve(answer)
        defer { listener.close(promise: nil) }
        do {
            _ = try await connect(listener.localAddress?.port ?? 0, timeout: timeout)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func saysWhyItWasRefused() async throws {
        #expect(
            try await code("HTTP/1.1 401 Unauthorized\r\nContent-Length: 8\r\n\r\nno token")
                == .refused(status: 401, body: "no token"))
        #expect(
            try await code("HTTP/1.1 307 Temporary Redirect\r\nLocation: http://b/\r\nContent-Length: 0\r\n\r\n")
                == .refused(status: 307, body: ""))
        #expect(try await code("SSH-2.0-x\r\n\r\n") == .badHandshake)
        #expect(
            try await code(
                "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n")
                == .badHandshake)
    }

    @Test func doesNotWaitForAnAnswerToTheHandshakeForEver() async throws {
        #expect(try await code("", timeout: 0.1) == .timedOut)
        #expect(try await code("HTTP/1.1 101 x\r\n", timeout: 0.1) == .timedOut)
    }

    @Test func saysThatNobodyIsThere() async throws {
        // A connection's own port: nobody listens on it, and nobody else gets it meanwhile.
        let listener = try await serve("")
        let address = try #require(listener.localAddress)
        let holder = try await ClientBootstrap(group: Self.group).connect(to: address).get()
        let port = holder.localAddress?.port ?? 0
        do {
            _ = try await connect(port)
            Issue.record("connected")
        } catch {
            #expect(error.code == .unreachable)
            #expect(error.description == "ws://127.0.0.1:\(port)/ws: Connection refused")
        }
        try await holder.close()
    }

    @Test func canBeCancelled() async throws {
        let listener = try await serve("")
        let port = listener.localAddress?.port ?? 0
        let code = await withTaskGroup(of: WebSocketConnectError.Code?.self) { group in
            group.addTask {
                do throws(WebSocketConnectError) {
                    _ = try await connect(port)
                    return nil
                } catch {
                    return error.code
                }
            }
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(code == .cancelled)
        try await listener.close()
    }
}
