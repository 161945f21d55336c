import HTTPTypes
import OrionControlPlane
import OrionCore
import OrionHTTP
import OrionScheduler
import OrionYAML

extension Endpoints {
    /// `/api/apply`: a configuration becomes the desired state.
    mutating func addApply(_ controlPlane: ControlPlane) {
        change(.post, "/api/apply", bodyLimitBytes: ServerLimits.applyBodyBytes, needsBody: true) {
            request throws(OrionError) in
            let query = try QueryReader(request.query, known: ["dryRun", "prune", "takeOver"])
            let isDryRun = try query.flag("dryRun")
            let prunes = try query.flag("prune")
            let takesOver = try query.flag("takeOver")
            let parsed: ParsedConfiguration
            switch BodyType(request.headers) {
            case .json: parsed = try OrionConfig.parse(json: request.body)
            case .yaml: parsed = try OrionYAML.parse(yaml: request.body)
            case nil: return BodyType.refusal(request.headers, taken: "application/json, application/yaml")
            }
            let answer = try await controlPlane.perform(
                .apply(
                    Request.Apply(
                        config: parsed.config, warnings: parsed.warnings, isDryRun: isDryRun, prunes: prunes,
                        takesOver: takesOver)))
            return .answer(answer)
        }
    }
}

extension HTTPServerResponse {
    /// What the control plane answered, as a client reads it.
    static func answer(_ answer: Answer) -> HTTPServerResponse {
        switch answer {
        case .applied(let result): .json(result, status: result.status == .planned ? .ok : .accepted)
        case .node(let record): .json(record)
        case .forgotten(let id): .json(ForgottenBody(status: "forgotten", id: id))
        case .refused(let error): .refusal(error)
        }
    }
}

private struct ForgottenBody: Encodable {
    var status: String
    var id: NodeID
}
