import HTTPTypes
import NIOCore
import NIOEmbedded

@testable import OrionHTTP

/// A connection's bytes: nothing crashes, and where they are cut on their way makes no difference to what is answered.
enum HTTPCheck {
    struct Mistake: Error {
        let what: String
    }

    static func run(_ bytes: [UInt8]) throws {
        let whole = try answers(to: [bytes[...]])
        let pieces = stride(from: 0, to: bytes.count, by: 3).map { bytes[$0..<min($0 + 3, bytes.count)] }
        let drops = try answers(to: pieces)
        guard whole == drops else {
            throw Mistake(what: "cut into pieces it is answered otherwise:\n\(whole)\n---\n\(drops)")
        }
    }

    /// What each request is answered with, in order.
    private static func answers(to pieces: [ArraySlice<UInt8>]) throws -> [String] {
        let channel = EmbeddedChannel()
        try HTTPServer.configure(channel, ServerCore(router: router, limits: limits))
        try channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        for piece in pieces where channel.isActive { try channel.writeInbound(ByteBuffer(bytes: piece)) }
        var answers: [String] = []
        while let part = try channel.readOutbound(as: ByteBuffer.self) {
            if let answer = answer(String(buffer: part)) { answers.append(answer) }
        }
        // Past every timer: one that is left would hold the connection.
        _ = try? channel.finish()
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        return answers
    }

    /// A response as far as it may not depend on how the request was cut; each is written in one piece.
    private static func answer(_ text: String) -> String? {
        // Nobody is told to go on with a body that is there already.
        if text.hasPrefix("HTTP/1.1 100 ") { return nil }
        // Of several faults of a head, which is found first depends on where it is cut.
        if text.hasPrefix("HTTP/1.1 4") || text.hasPrefix("HTTP/1.1 5") { return "refused" }
        return text.split(separator: "\r\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("Date: ") }
            .joined(separator: "\n")
    }

    private static let limits: HTTPLimits = {
        var limits = HTTPLimits()
        limits.bodyBytes = 256
        return limits
    }()

    private static let router: Router = {
        var router = Router { HTTPServerResponse(status: $0.status, body: Array($0.message.utf8)) }
        router.on(.get, "/health") { _ in HTTPServerResponse(status: .ok, body: Array("ok".utf8)) }
        router.on(.post, "/echo/{name}") { request in HTTPServerResponse(status: .ok, body: request.body) }
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 2000)
        router.on(.get, "/text") { _ in
            HTTPServerResponse(status: .ok, headers: [.contentType: "text/plain"], body: text)
        }
        router.onUpgrade("/other", to: "other") { _ in
            .accept(headers: [:]) { $0.eventLoop.makeSucceededVoidFuture() }
        }
        return router
    }()
}
