import HTTPTypes
import NIOCore
import NIOHTTP1

/// One request as it comes in: its limits, its framing, and what has been found out about it.
struct RequestReading {
    private enum Framing {
        case length(Int)
        case chunked(ChunkScanner)
    }

    private let limits: HTTPLimits
    private var scanner: HeadScanner
    private var hasWholeHead = false
    private var framing = Framing.length(0)
    private var content: [UInt8] = []
    private var contentBytes = 0
    private var began = NIODeadline.distantPast
    private var progressed = NIODeadline.distantPast
    private var owesContinue = false
    /// Since when the body is not read, because the route takes none of it.
    private var heldSince: NIODeadline?
    /// Where there is a route for the request.
    private var exchange: Exchange?
    /// What the body comes through, where the route does not want it whole.
    private(set) var pipe: BodyPipe?
    private var bodyLimit = 0

    private(set) var isHTTP10 = false
    /// Whether another request may follow.
    private(set) var keepsAlive = false

    /// The head as the decoder gave it, until it is judged.
    var head: HTTPRequestHead?
    /// The decoder has seen the end of the request.
    var isComplete = false
    /// What makes the request, and with it the connection, useless.
    var failure: HTTPProblem?
    /// What the request is answered with once it is over.
    private(set) var refusal: HTTPProblem?

    init(_ limits: HTTPLimits) {
        self.limits = limits
        scanner = HeadScanner(limits)
    }

    /// Hands the request over, its body with it.
    mutating func takeExchange() -> Exchange? {
        guard var exchange = exchange.take() else { return nil }
        swap(&exchange.request.body, &content)
        return exchange
    }

    /// Hands the request over while its body is still to come: once, and only where the route takes it so.
    mutating func takeStreamedExchange() -> Exchange? {
        pipe == nil ? nil : exchange.take()
    }

    /// Bytes of the body that are held here.
    var bodyBytes: Int { pipe?.waitingBytes ?? content.count }

    /// Whether the route has enough to take for now.
    var isHeld: Bool { pipe?.isFull ?? false }

    // MARK: Bytes

    mutating func admitHead(_ bytes: UnsafeRawBufferPointer) -> RequestMachine.Admission {
        switch scanner.scan(bytes) {
        case .incomplete:
            return .feed(bytes.count)
        case .complete(let count):
            hasWholeHead = true
            return .feed(count)
        case .requestLineTooLong:
            return .fail(
                HTTPProblem(
                    status: .uriTooLong,
                    message: "the request line is longer than \(limits.requestLineBytes) bytes"))
        case .tooLong:
            return .fail(.headTooLong(limits))
        case .bareLineFeed:
            return .fail(.malformed("a line of its head ends with LF alone"))
        case .folded:
            return .fail(
                HTTPProblem(status: .badRequest, message: "a header field must stand on one line, unfolded"))
        }
    }

    mutating func admitBody(_ bytes: UnsafeRawBufferPointer, at now: NIODeadline) -> RequestMachine.Admission {
        progressed = now
        switch framing {
        case .length(let rest):
            let count = min(rest, bytes.count)
            framing = .length(rest - count)
            return .feed(count)
        case .chunked(var scanner):
            let outcome = scanner.scan(bytes)
            framing = .chunked(scanner)
            switch outcome {
            case .incomplete: return .feed(bytes.count)
            case .complete(let count):
                framing = .length(0)
                return .feed(count)
            case .tooLong: return .fail(.bodyTooLong(bodyLimit))
            case .tooMuchOverhead:
                return .fail(
                    HTTPProblem(
                        status: .badRequest,
                        message: "chunk sizes and extensions take more than \(limits.chunkOverheadBytes) bytes"))
            }
        }
    }

    mutating func append(_ bytes: ByteBuffer) {
        contentBytes += bytes.readableBytes
        guard refusal == nil else { return }
        if let pipe { return pipe.give(bytes) }
        content.append(contentsOf: bytes.readableBytesView)
    }

    // MARK: Judging

    /// Looks at the head once it is whole: false before that.
    mutating func judge(_ router: Router) throws(HTTPProblem) -> Bool {
        guard hasWholeHead else { return false }
        // Without a word the parser waits for more behind one head only: that of HTTP/2's preface.
        guard let head else { throw failure ?? .badVersion }
        self.head = nil
        let request = try RequestHead(head)
        isHTTP10 = request.isHTTP10
        // The decoder stops for good behind a request that asks for another protocol, so that it must be the last.
        keepsAlive = request.isKeepAlive && request.upgrade == nil
        let target = try RequestTarget(request.uri)
        do throws(HTTPProblem) {
            let (route, parameters) = try router.find(request.method, target.segments)
            if case .upgrade(let name, let required, _) = route.answer, !request.asks(for: name) {
                refusal = .upgradeRequired(name, required)
            }
            exchange = Exchange(
                route: route, request: HTTPServerRequest(head: request, target: target, parameters: parameters))
        } catch {
            refusal = error
        }
        // What may follow such a head is a body that would be taken for the next request.
        if let route = exchange?.route, route.needsBody, request.body == .none { throw .lengthRequired }
        try frame(request)
        if refusal == nil, case .stream? = exchange?.route.answer {
            pipe = BodyPipe()
            exchange?.pipe = pipe
        }
        return true
    }

    private mutating func frame(_ request: RequestHead) throws(HTTPProblem) {
        bodyLimit = (refusal == nil ? exchange?.route.bodyLimitBytes : nil) ?? limits.bodyBytes
        switch request.body {
        case .none, .length(0):
            framing = .length(0)
            return
        case .length(let count):
            guard count <= bodyLimit else { throw .bodyTooLong(bodyLimit) }
            framing = .length(count)
            if refusal == nil { content.reserveCapacity(min(count, 64 * 1024)) }
        case .chunked:
            framing = .chunked(ChunkScanner(limit: bodyLimit, overheadLimit: limits.chunkOverheadBytes))
        }
        owesContinue = request.expectsContinue
        // A client that waits for leave to send its body would wait in vain, and one that does not would send it.
        if let refusal, owesContinue { throw refusal }
    }

    /// True once, if the client waits for 100 Continue.
    mutating func takeContinue() -> Bool {
        defer { owesContinue = false }
        return owesContinue
    }

    /// Whether the whole request is here. The decoder and our counting must agree, or the stream cannot be trusted.
    func isOver() throws(HTTPProblem) -> Bool {
        guard case .length(0) = framing else {
            if isComplete { throw .malformed("the framing of its body") }
            return false
        }
        guard isComplete else { throw .malformed("the framing of its body") }
        return true
    }

    // MARK: Time

    mutating func beginBody(at now: NIODeadline) {
        began = now
        progressed = now
    }

    /// The route takes nothing, or takes again: what passes in between is not the client's time.
    mutating func noteHold(at now: NIODeadline) {
        if isHeld {
            heldSince = heldSince ?? now
        } else if let since = heldSince.take() {
            began = began + (now - since)
            progressed = now
        }
    }

    /// A body must make progress, and come at the lowest rate over all; nil while it is held.
    var bodyDeadline: NIODeadline? {
        guard heldSince == nil else { return nil }
        let stall = progressed + .seconds(limits.bodyStallSeconds)
        guard limits.bodyBytesPerSecond > 0 else { return stall }
        let slow = began + .seconds(limits.bodyStallSeconds + Double(contentBytes) / limits.bodyBytesPerSecond)
        return min(stall, slow)
    }

    // MARK: Errors

    func problem(for error: any Error) -> HTTPProblem {
        guard let error = error as? HTTPParserError else { return .malformed("\(error)") }
        switch error {
        case .invalidVersion: return .badVersion
        case .headerOverflow: return .headTooLong(limits)
        case .invalidMethod:
            let isName = scanner.firstByte.map { UInt8(ascii: "A") <= $0 && $0 <= UInt8(ascii: "Z") } ?? false
            return isName
                ? HTTPProblem(status: .notImplemented, message: "the method is unknown")
                : .malformed("its method")
        case .invalidHeaderToken: return .malformed("a header field")
        case .invalidURL: return .malformed("its target")
        case .invalidContentLength, .unexpectedContentLength: return .malformed("its Content-Length")
        case .invalidChunkSize: return .malformed("the size of a chunk")
        default: return .malformed("its head or framing")
        }
    }
}

extension HTTPProblem {
    fileprivate static func malformed(_ what: String) -> HTTPProblem {
        HTTPProblem(status: .badRequest, message: "the request is not HTTP/1.1: \(what)")
    }

    fileprivate static func headTooLong(_ limits: HTTPLimits) -> HTTPProblem {
        HTTPProblem(
            status: .requestHeaderFieldsTooLarge,
            message: "the head of the request is longer than \(limits.headBytes) bytes, or has more than "
                + "\(limits.headFields) fields")
    }

    fileprivate static func bodyTooLong(_ limit: Int) -> HTTPProblem {
        HTTPProblem(status: .contentTooLarge, message: "the body of the request is longer than \(limit) bytes")
    }

    fileprivate static var lengthRequired: HTTPProblem {
        HTTPProblem(
            status: .lengthRequired,
            message: "this request needs a body, and says neither Content-Length nor Transfer-Encoding: chunked")
    }

    fileprivate static func upgradeRequired(_ name: String, _ required: HTTPFields) -> HTTPProblem {
        HTTPProblem(
            status: .upgradeRequired, message: "this address speaks \(name): ask for it with an Upgrade field",
            headers: required)
    }
}
