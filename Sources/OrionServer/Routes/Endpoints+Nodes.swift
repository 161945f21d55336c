import HTTPTypes
import OrionControlPlane
import OrionCore
import OrionHTTP
import OrionScheduler

extension Endpoints {
    /// `/api/nodes` and what is below it.
    mutating func addNodes(_ controlPlane: ControlPlane) {
        list("/api/nodes", controlPlane) { state in
            JSONList(state.nodeRecords().lazy.map { OrionJSON.encode($0) }).bytes
        }
        read("/api/nodes/{node}") { request throws(OrionError) in
            .json(try controlPlane.snapshot.nodeRecord(request.parameter("node")))
        }
        changeNode(.delete, "/api/nodes/{node}", controlPlane) { .forget($0) }
        changeNode(.post, "/api/nodes/{node}/cordon", controlPlane) { .cordon($0) }
        changeNode(.post, "/api/nodes/{node}/drain", controlPlane) { .drain($0) }
        changeNode(.post, "/api/nodes/{node}/uncordon", controlPlane) { .uncordon($0) }
    }

    private mutating func changeNode(
        _ method: HTTPRequest.Method, _ pattern: String, _ controlPlane: ControlPlane,
        _ makeRequest: @escaping @Sendable (String) -> Request
    ) {
        change(method, pattern) { request throws(OrionError) in
            _ = try QueryReader(request.query)
            return .answer(try await controlPlane.perform(makeRequest(request.parameter("node"))))
        }
    }
}
