import ArgumentParser

/// What there is to look at.
enum ResourceKind: String, ExpressibleByArgument, CaseIterable {
    case services
    case nodes
    case replicas

    /// Takes the singular and the usual short forms too.
    init?(argument: String) {
        switch argument {
        case "services", "service", "svc": self = .services
        case "nodes", "node", "no": self = .nodes
        case "replicas", "replica", "rep": self = .replicas
        default: return nil
        }
    }
}
