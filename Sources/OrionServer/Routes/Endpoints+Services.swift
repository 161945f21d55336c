import HTTPTypes
import OrionControlPlane
import OrionCore
import OrionHTTP
import OrionScheduler

extension Endpoints {
    /// `/api/services` and what is below it.
    mutating func addServices(_ controlPlane: ControlPlane) {
        list("/api/services", controlPlane) { state in
            JSONList(state.serviceRecords().lazy.map { $0.json() }).bytes
        }
        read("/api/services/{name}") { request throws(OrionError) in
            let name = request.parameter("name")
            guard let record = controlPlane.snapshot.serviceRecord(ServiceName(rawValue: name)) else {
                throw .noService(name)
            }
            return .json(record.json())
        }
        read("/api/services/{name}/history") { request throws(OrionError) in
            let name = request.parameter("name")
            guard let history = controlPlane.snapshot.history(of: ServiceName(rawValue: name)) else {
                throw .noService(name)
            }
            return .json(JSONList(history.lazy.map { $0.json() }).bytes)
        }
        changeService(.delete, "/api/services/{name}", controlPlane) { name, _ in .remove(name) }
        changeService(.post, "/api/services/{name}/restart", controlPlane) { name, _ in .restart(name) }
        change(.post, "/api/services/{name}/scale", needsBody: true) { request throws(OrionError) in
            _ = try QueryReader(request.query)
            guard BodyType(request.headers) == .json else {
                return BodyType.refusal(request.headers, taken: "application/json")
            }
            let replicas = try ScaleBody(json: request.body).replicas
            let name = ServiceName(rawValue: request.parameter("name"))
            return .answer(try await controlPlane.perform(.scale(name, replicas: replicas)))
        }
        change(.post, "/api/services/{name}/rollback") { request throws(OrionError) in
            _ = try QueryReader(request.query)
            var generation: Int?
            if !request.body.isEmpty {
                guard BodyType(request.headers) == .json else {
                    return BodyType.refusal(request.headers, taken: "application/json")
                }
                generation = try RollbackBody(json: request.body).generation
            }
            let name = ServiceName(rawValue: request.parameter("name"))
            return .answer(try await controlPlane.perform(.rollBack(name, to: generation)))
        }
    }

    private mutating func changeService(
        _ method: HTTPRequest.Method, _ pattern: String, _ controlPlane: ControlPlane,
        _ makeRequest: @escaping @Sendable (ServiceName, HTTPServerRequest) -> Request
    ) {
        change(method, pattern) { request throws(OrionError) in
            _ = try QueryReader(request.query)
            let name = ServiceName(rawValue: request.parameter("name"))
            return .answer(try await controlPlane.perform(makeRequest(name, request)))
        }
    }
}
