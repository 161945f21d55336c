extension ServiceSpecification {
    /// Whether a process that was started by `old` cannot go on under this one.
    ///
    /// The control plane rolls such a change out and sends any other as an update, which an agent takes over for the
    /// replicas it does not concern: the rule is here so that the two never differ.
    public func needsNewProcesses(comparedWith old: ServiceSpecification) -> Bool {
        path != old.path || type != old.type || entry != old.entry || command != old.command
            || runtime != old.runtime || ports != old.ports || env != old.env || kind != old.kind || hooks != old.hooks
    }
}
