import HTTPTypes
import NIOCore
import NIOHTTP1

/// What one connection does with the bytes and the time that come to it: requests one after the other, each answered
/// before the next is looked at.
///
/// It decides and does nothing itself: ``HTTPConnectionHandler`` feeds the decoder with what ``admit(_:at:)`` lets
/// through, hands over what the decoder makes of it, and then performs ``next(router:awaitsBody:at:)``.
struct RequestMachine {
    enum Phase: Equatable {
        /// Between two requests.
        case idle
        case head
        case body
        /// A whole request is with its route; nothing more is read.
        case answering
        /// The last response is being written, or the output is closed behind it and what still comes is thrown away.
        case finishing
        case draining
        /// The connection belongs to another protocol.
        case upgraded
        case closed
    }

    enum Admission: Equatable {
        /// Nothing now: there are no bytes, or they must wait.
        case hold
        /// That many bytes go to the decoder.
        case feed(Int)
        /// They are of no use any more.
        case discard
        case fail(HTTPProblem)
    }

    enum Action {
        case none
        /// Tells a client that asked for it to send its body.
        case sendContinue
        case answer(Exchange)
        /// Has the route begin, whose body is still to come.
        case begin(Exchange)
        /// Answers with a problem; the connection goes on as after any response.
        case refuse(HTTPProblem)
        /// Answers with a problem and closes: what follows in the stream cannot be trusted or is not wanted.
        case fail(HTTPProblem)
    }

    enum TimerAction: Equatable {
        case none
        case fail(HTTPProblem)
        case close
        /// The client has not read for the whole time, unless fewer bytes wait for it than before.
        case closeUnlessDrained
    }

    let limits: HTTPLimits
    private(set) var phase = Phase.idle
    private(set) var isQuiescing = false
    private(set) var isInputClosed = false
    /// The body of the response to the present request is produced while it is sent.
    private(set) var isStreaming = false

    /// When ``timerFired(at:)`` wants to be called, at the latest.
    private(set) var deadline: NIODeadline?

    private var reading: RequestReading
    /// The present request has come to its end.
    private var isWhole = false
    private var blockedSince: NIODeadline?
    private var lingerEnd = NIODeadline.distantFuture

    init(_ limits: HTTPLimits, at now: NIODeadline) {
        self.limits = limits
        reading = RequestReading(limits)
        deadline = now + .seconds(limits.headSeconds)
    }

    /// Whether the socket may be read: only while its bytes can be used.
    var wantsRead: Bool {
        switch phase {
        case .idle, .head: blockedSince == nil
        case .body: blockedSince == nil && !reading.isHeld
        case .draining: true
        case .finishing, .answering, .upgraded, .closed: false
        }
    }

    // MARK: Bytes

    /// How many of the bytes that wait may go to the decoder now.
    mutating func admit(_ bytes: UnsafeRawBufferPointer, at now: NIODeadline) -> Admission {
        guard blockedSince == nil || phase == .draining else { return .hold }
        switch phase {
        case .idle, .head:
            guard !bytes.isEmpty else { return .hold }
            if phase == .idle {
                phase = .head
                deadline = now + .seconds(limits.headSeconds)
            }
            return reading.admitHead(bytes)
        case .body:
            guard !bytes.isEmpty, !reading.isHeld else { return .hold }
            return reading.admitBody(bytes, at: now)
        case .draining:
            guard !bytes.isEmpty else { return .hold }
            deadline = min(lingerEnd, now + .seconds(limits.lingerSeconds / 5))
            return .discard
        case .finishing:
            return bytes.isEmpty ? .hold : .discard
        case .answering, .upgraded, .closed:
            return .hold
        }
    }

    /// Takes what the decoder made of the bytes.
    mutating func decoded(_ part: HTTPServerRequestPart) {
        guard phase == .head || phase == .body else { return }
        switch part {
        case .head(let head): reading.head = head
        case .body(let bytes): reading.append(bytes)
        case .end: reading.isComplete = true
        }
    }

    mutating func decoderFailed(_ error: any Error) {
        guard phase == .head || phase == .body, reading.failure == nil else { return }
        reading.failure = reading.problem(for: error)
    }

    /// What is to be done after the decoder was fed; called until it is ``Action/none``.
    mutating func next(router: Router, awaitsBody: Bool, at now: NIODeadline) -> Action {
        guard phase == .head || phase == .body else { return .none }
        do throws(HTTPProblem) {
            if phase == .head {
                isHead = reading.head?.method == .HEAD
                // A head that came whole says better than the decoder what is wrong with it.
                let isJudged = try reading.judge(router)
                if let failure = reading.failure { throw failure }
                guard isJudged else { return .none }
                phase = .body
                reading.beginBody(at: now)
                if reading.takeContinue(), awaitsBody, !reading.isComplete { return .sendContinue }
            }
            if let failure = reading.failure { throw failure }
            if let exchange = reading.takeStreamedExchange() { return .begin(exchange) }
            guard try reading.isOver() else {
                reading.noteHold(at: now)
                deadline = reading.bodyDeadline
                return .none
            }
            phase = .answering
            deadline = nil
            isWhole = true
            if let pipe = reading.pipe {
                pipe.finish()
                return .none
            }
            if let refusal = reading.refusal { return .refuse(refusal) }
            return reading.takeExchange().map { .answer($0) } ?? .none
        } catch {
            fail(at: now)
            return .fail(error)
        }
    }

    // MARK: Responses

    /// Whether the connection lives on after the response to the present request.
    var keepsAlive: Bool {
        phase == .answering && isWhole && reading.keepsAlive && !isQuiescing
    }

    /// What the body of the present request takes so far; its route takes it over.
    var bodyBytes: Int { reading.bodyBytes }

    /// Whether the present request is with a route, and not answered yet. One that takes its body as it comes may answer
    /// before that is whole: then the rest is not wanted.
    mutating func mayAnswer() -> Bool {
        if phase == .body, reading.pipe != nil {
            reading.pipe?.cut()
            phase = .answering
            deadline = nil
        }
        return phase == .answering
    }

    /// HEAD gets the head of a response only.
    private(set) var isHead = false

    /// The client is of HTTP/1.0 and must be told that the connection lives on.
    var isHTTP10: Bool { reading.isHTTP10 }

    private mutating func startAnew() {
        reading.pipe?.cut()
        reading = RequestReading(limits)
        isWhole = false
    }

    /// A response has been written; `closing` where it said so.
    mutating func answered(closing: Bool, at now: NIODeadline) {
        guard phase == .answering else { return }
        startAnew()
        isHead = false
        isStreaming = false
        phase = closing ? .finishing : .idle
        deadline = now + .seconds(closing ? limits.writeStallSeconds : limits.keepAliveSeconds)
    }

    /// The head of a response has been written whose body is produced while it is sent.
    mutating func streamBegan() {
        guard phase == .answering else { return }
        isStreaming = true
        blockedSince = nil
    }

    /// A chunk of it waits for the client to read.
    mutating func chunkWaits(at now: NIODeadline) {
        guard isStreaming else { return }
        deadline = now + .seconds(limits.streamStallSeconds)
    }

    /// The chunk has left.
    mutating func chunkLeft() {
        guard isStreaming else { return }
        deadline = nil
    }

    /// A response is being written that ends the connection, whatever came so far.
    mutating func fail(at now: NIODeadline) {
        guard phase != .closed, phase != .upgraded else { return }
        startAnew()
        isStreaming = false
        phase = .finishing
        deadline = now + .seconds(limits.writeStallSeconds)
    }

    /// The last response has left, and our side of the connection is closed.
    mutating func outputClosed(at now: NIODeadline) {
        guard phase == .finishing else { return }
        phase = .draining
        blockedSince = nil
        // A server that ends waits for no client that has its answer.
        let seconds = isQuiescing ? min(0.5, limits.lingerSeconds) : limits.lingerSeconds
        lingerEnd = now + .seconds(seconds)
        deadline = min(lingerEnd, now + .seconds(limits.lingerSeconds / 5))
    }

    mutating func upgraded() {
        startAnew()
        phase = .upgraded
        deadline = nil
    }

    mutating func closed() {
        startAnew()
        phase = .closed
        deadline = nil
    }

    // MARK: The connection

    /// The client has closed its side; true if there is nothing more to do for it.
    mutating func inputClosed(hasBytes: Bool) -> Bool {
        isInputClosed = true
        switch phase {
        case .idle: return !hasBytes
        case .head, .body: return !hasBytes || blockedSince == nil && !reading.isHeld
        case .draining: return true
        case .answering: return isStreaming
        case .finishing, .upgraded, .closed: return false
        }
    }

    /// The client has closed its side, and what it sent before is no whole request.
    var isOver: Bool {
        isInputClosed && (phase == .idle || phase == .head || phase == .body)
    }

    /// The server is shutting down; true if the connection is of no use any more. A request that has begun is answered.
    mutating func quiesce() -> Bool {
        isQuiescing = true
        return phase == .idle || phase == .draining
    }

    /// The client reads what is written to it, or does not.
    mutating func writabilityChanged(_ isWritable: Bool, at now: NIODeadline) {
        guard isWritable == (blockedSince != nil), !isStreaming else { return }
        blockedSince = isWritable ? nil : now
    }

    /// Fewer bytes wait for the client than before.
    mutating func drained(at now: NIODeadline) {
        if blockedSince != nil { blockedSince = now }
        if phase == .finishing { deadline = now + .seconds(limits.writeStallSeconds) }
        chunkWaits(at: now)
    }

    // MARK: Time

    /// When ``timerFired(at:)`` is to be called at the latest.
    var nextDeadline: NIODeadline? {
        let writing = blockedSince.map { $0 + .seconds(limits.writeStallSeconds) }
        guard let deadline, let writing else { return deadline ?? writing }
        return min(deadline, writing)
    }

    mutating func timerFired(at now: NIODeadline) -> TimerAction {
        if let blockedSince, now >= blockedSince + .seconds(limits.writeStallSeconds) { return .closeUnlessDrained }
        guard let deadline, now >= deadline else { return .none }
        switch phase {
        case .head:
            fail(at: now)
            return .fail(.slow("the head of a request must be complete within \(limits.headSeconds) s"))
        case .body:
            fail(at: now)
            return .fail(.slow("the body of the request came to a halt, or comes too slowly"))
        case .idle, .draining:
            return .close
        case .finishing, .answering:
            return .closeUnlessDrained
        case .upgraded, .closed:
            return .none
        }
    }
}

extension HTTPProblem {
    fileprivate static func slow(_ message: String) -> HTTPProblem {
        HTTPProblem(status: .requestTimeout, message: message)
    }
}
