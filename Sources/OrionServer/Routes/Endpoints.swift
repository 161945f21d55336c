import HTTPTypes
import OrionControlPlane
import OrionCore
import OrionHTTP
import OrionScheduler

/// Every endpoint there is. What a later version adds is an unknown path here.
struct Endpoints {
    /// What serves them.
    var router: Router
    private let rule: OriginRule

    init(controlPlane: ControlPlane, gateway: AgentGateway, rule: OriginRule) {
        router = Router(problem: { .refusal($0.status, $0.message) })
        self.rule = rule
        addHealth(controlPlane)
        addApply(controlPlane)
        addServices(controlPlane)
        addLogs(gateway.logs)
        addNodes(controlPlane)
        router.onUpgrade("/ws", to: "websocket", required: AgentGateway.requiredFields) { request in
            if let refusal = rule.refusalOfChange(request) { return .refuse(refusal) }
            return gateway.decide(request)
        }
    }

    /// An endpoint that lists what is in the published state: on the event loop where its bytes are there already.
    mutating func list(
        _ pattern: String, _ controlPlane: ControlPlane, _ make: @escaping @Sendable (ClusterState) -> [UInt8]
    ) {
        let list = ReadyList(controlPlane, make)
        let ready: @Sendable (HTTPServerRequest) -> HTTPServerResponse? = { [rule] request in
            // What is refused is refused in one place.
            guard request.query.names.isEmpty, rule.refusalOfRead(request) == nil else { return nil }
            return list.ready(for: request).map { .json($0) }
        }
        answerRead(pattern, ready: ready) { request throws(OrionError) in
            _ = try QueryReader(request.query)
            return .json(await list.body(for: request))
        }
    }

    /// An endpoint that reads the published state.
    mutating func read(
        _ pattern: String,
        _ answer: @escaping @Sendable (HTTPServerRequest) throws(OrionError) -> HTTPServerResponse
    ) {
        answerRead(pattern) { request throws(OrionError) in
            _ = try QueryReader(request.query)
            return try answer(request)
        }
    }

    /// An endpoint that reads something else too, and takes a query.
    mutating func answerRead(
        _ pattern: String, ready: (@Sendable (HTTPServerRequest) -> HTTPServerResponse?)? = nil,
        _ answer: @escaping @Sendable (HTTPServerRequest) async throws(OrionError) -> HTTPServerResponse
    ) {
        // A task, not the event loop: a list of ten thousand services takes milliseconds that agents would wait.
        router.onTask(.get, pattern, ready: ready) { [rule] request in
            if let refusal = rule.refusalOfRead(request) { return refusal }
            do throws(OrionError) {
                return try await answer(request)
            } catch {
                return .refusal(error)
            }
        }
    }

    /// An endpoint that changes something.
    mutating func change(
        _ method: HTTPRequest.Method, _ pattern: String, bodyLimitBytes: Int? = nil, needsBody: Bool = false,
        _ answer: @escaping @Sendable (HTTPServerRequest) async throws(OrionError) -> HTTPServerResponse
    ) {
        router.onTask(method, pattern, bodyLimitBytes: bodyLimitBytes, needsBody: needsBody) { [rule] request in
            if let refusal = rule.refusalOfChange(request) { return refusal }
            do throws(OrionError) {
                return try await answer(request)
            } catch {
                return .refusal(error)
            }
        }
    }
}

extension HTTPServerRequest {
    /// The part of the path that a pattern names.
    func parameter(_ name: String) -> String {
        guard let value = parameters[name] else { preconditionFailure("\(path) matched a pattern without {\(name)}") }
        return value
    }
}
