extension ServiceSpecification {
    /// Says which of the fields that the document sets are kept but not acted on yet.
    func warn(by reader: JSONReader) {
        let standard = ServiceSpecification(name: name)
        reader.later("hooks", hooks, standard.hooks)
        reader.later("plugins", plugins, standard.plugins)
        reader.within(.key("autoscaling")) {
            reader.later("enabled", autoscaling.enabled, false, "the number of replicas stays as it is")
        }
        reader.later("serverless", serverless, standard.serverless, "the replicas run all the time")
        reader.later("job", job, standard.job, "it is for jobs, which are not built yet")
        reader.within(.key("placement")) { placement.warn(standard.placement, by: reader) }
    }
}

extension Placement {
    /// Those that this version knows by name; a program that embeds the control plane may register its own.
    private static let strategies = ["round-robin", "spread", "binpack"]

    fileprivate func warn(_ standard: Placement, by reader: JSONReader) {
        if Self.strategies.contains(strategy) {
            reader.later("strategy", strategy, standard.strategy, "replicas are placed in turn (round-robin)")
        } else {
            let hint = NearestName.of(strategy, among: Self.strategies).map { "; did you mean \($0)?" } ?? ""
            reader.within(.key("strategy")) {
                reader.warn("strategy \(JSONValue.shown(strategy)) is unknown to this version\(hint)")
            }
        }
        reader.later("constraints", constraints, standard.constraints, "replicas may run on any node")
        reader.later("affinity", affinity, standard.affinity)
        reader.later("spread", spread, standard.spread)
        reader.later("priority", priority, standard.priority)
        reader.later("warm", warm, standard.warm)
    }
}

extension JSONReader {
    /// Warns of a field that is kept but not acted on yet, if it is other than its default.
    func later<Value: Equatable>(_ name: String, _ value: Value, _ standard: Value, _ consequence: String? = nil) {
        guard value != standard else { return }
        within(.key(name)) {
            warn("\(name) is kept but not acted on yet\(consequence.map { ": \($0)" } ?? "")")
        }
    }
}
