import HTTPTypes
import OrionControlPlane
import OrionHTTP

extension Endpoints {
    /// `/health`: whether the state can be read and written. Never needs a token or a name of this machine, takes whatever query a prober adds.
    mutating func addHealth(_ controlPlane: ControlPlane) {
        let healthy = HTTPServerResponse.json(HealthBody(status: "ok"))
        router.on(.get, "/health") { _ in
            switch controlPlane.availability {
            case .available:
                return healthy
            case .unavailable(let reason):
                var response = HTTPServerResponse.json(
                    HealthBody(status: "unavailable", reason: reason), status: .serviceUnavailable)
                response.headers[.retryAfter] = String(ServerLimits.retryAfterSeconds)
                return response
            }
        }
    }
}

private struct HealthBody: Encodable {
    var status: String
    var reason: String?
}
