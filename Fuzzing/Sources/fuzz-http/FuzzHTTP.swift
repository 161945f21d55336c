import HTTPTypes
import NIOCore
import NIOEmbedded

@testable import OrionHTTP

/// A connection's bytes: nothing crashes, and where they are cut on their way makes no difference to what is answered.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do {
        let whole = try answers(to: [bytes[...]])
        let pieces = stride(from: 0, to: bytes.count, by: 3).map { bytes[$0..<min($0 + 3, bytes.count)] }
        let drops = try answers(to: pieces)
        guard whole == drops else { fatalError("cut into pieces it is answered otherwise:\n\(whole)\n---\n\(drops)") }
    } catch {
        fatalError("\(error)")
    }
    return 0
}

/// Which requests are taken and which refused, in order.
private func answers(to pieces: [ArraySlice<UInt8>]) throws -> String {
    let channel = EmbeddedChannel()
    try HTTPServer.configure(channel, ServerCore(router: router, limits: limits))
    try channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    for piece in pieces where channel.isActive { try channel.writeInbound(ByteBuffer(bytes: piece)) }
    var text = ""
    while let part = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: part) }
    // Past every timer: one that is left would hold the connection.
    _ = try? channel.finish()
    channel.embeddedEventLoop.advanceTime(by: .hours(1))
    // Of several faults of a head, which is found first depends on where it is cut.
    return text.split(separator: "\r\n").filter { $0.hasPrefix("HTTP/1.1 ") }
        .map { $0.hasPrefix("HTTP/1.1 2") ? "taken" : "refused" }.joined(separator: ", ")
}

private var limits: HTTPLimits {
    var limits = HTTPLimits()
    limits.bodyBytes = 256
    return limits
}

private let router: Router = {
    var router = Router { HTTPServerResponse(status: $0.status, body: Array($0.message.utf8)) }
    router.on(.get, "/health") { _ in HTTPServerResponse(status: .ok, body: Array("ok".utf8)) }
    router.on(.post, "/echo/{name}") { request in HTTPServerResponse(status: .ok, body: request.body) }
    return router
}()
