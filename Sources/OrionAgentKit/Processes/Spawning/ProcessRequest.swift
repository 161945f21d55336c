/// A program to start, and everything about the process it gets.
struct ProcessRequest: Sendable {
    /// The program and its arguments. A program without a slash is looked up in the `PATH` of `environment`; a relative
    /// path is taken from `workingDirectory`.
    var arguments: [String]
    /// The whole environment, in this order: nothing is inherited.
    var environment: [(name: String, value: String)]
    var workingDirectory: String
    /// Files that the output is appended to, made where they are missing.
    var stdoutPath: String
    var stderrPath: String
    /// Whether it is killed when this program ends, however that comes about.
    var endsWithAgent = false
    /// Limits that differ from the agent's own.
    var limits: [ResourceLimit] = []
    /// Where it is born; nil for the agent's own cgroup.
    var cgroup: Cgroup?
}
