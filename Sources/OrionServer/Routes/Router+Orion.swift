import HTTPTypes
import OrionControlPlane
import OrionCore
import OrionHTTP

extension Router {
    /// Every endpoint there is. What a later version adds is an unknown path here.
    init(controlPlane: ControlPlane, gateway: AgentGateway) {
        self.init(problem: { .refusal($0.status, $0.message) })
        addHealth(controlPlane)
        addApply(controlPlane)
        addServices(controlPlane)
        addNodes(controlPlane)
        onUpgrade("/ws", to: "websocket") { gateway.decide($0) }
    }

    /// An endpoint that reads the published state.
    mutating func read(
        _ pattern: String,
        _ answer: @escaping @Sendable (HTTPServerRequest) throws(OrionError) -> HTTPServerResponse
    ) {
        // A task, not the event loop: a list of ten thousand services takes milliseconds that agents would wait.
        onTask(.get, pattern) { request in
            do throws(OrionError) {
                _ = try QueryReader(request.query)
                return try answer(request)
            } catch {
                return .refusal(error)
            }
        }
    }

    /// An endpoint that changes something.
    mutating func change(
        _ method: HTTPRequest.Method, _ pattern: String, bodyLimitBytes: Int? = nil,
        _ answer: @escaping @Sendable (HTTPServerRequest) async throws(OrionError) -> HTTPServerResponse
    ) {
        onTask(method, pattern, bodyLimitBytes: bodyLimitBytes) { request in
            if request.isCrossSite { return HTTPServerRequest.crossSiteRefusal }
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
