extension RestartPolicy.Policy: JSONReadable {}
extension DisconnectPolicy.Keep: JSONReadable {}
extension JobPolicy.Concurrency: JSONReadable {}

extension RestartPolicy: JSONReadable {
    /// Reads what happens after an exit.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> RestartPolicy? {
        var restart = RestartPolicy()
        let isObject = reader.members(of: value) { fields in
            fields.read("policy", into: &restart.policy)
            fields.read("initialDelaySeconds", into: &restart.initialDelaySeconds, in: Limits.someSeconds)
            fields.read("maxDelaySeconds", into: &restart.maxDelaySeconds, in: Limits.someSeconds)
            fields.read("maxAttempts", into: &restart.maxAttempts, in: 0...1_000_000)
            fields.read("resetAfterSeconds", into: &restart.resetAfterSeconds, in: Limits.anySeconds)
        }
        guard isObject else { return nil }
        if reader.isStrict, restart.initialDelaySeconds > restart.maxDelaySeconds {
            reader.note(
                "initialDelaySeconds (\(restart.initialDelaySeconds.text)) must not be larger than maxDelaySeconds "
                    + "(\(restart.maxDelaySeconds.text))")
        }
        return restart
    }
}

extension StopPolicy: JSONReadable {
    /// Signals that a program can be asked to end with, or that cannot be caught.
    private static let signals = [
        "SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGKILL", "SIGABRT", "SIGALRM", "SIGWINCH",
    ]

    /// Reads how a process is ended; in the strict manner the signal has to be one that ends programs.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> StopPolicy? {
        var stop = StopPolicy()
        let isObject = reader.members(of: value) { fields in
            fields.with("signal") { value in
                guard let name = String.read(value, by: reader) else { return }
                if reader.isStrict, !signals.contains(name) {
                    let hint = NearestName.of(name, among: signals).map { "; did you mean \($0)?" } ?? ""
                    reader.refuse(
                        "must be one of \(signals.joined(separator: ", ")), not \(JSONValue.shown(name))\(hint)",
                        Never.self)
                }
                stop.signal = name
            }
            fields.read("gracePeriodSeconds", into: &stop.gracePeriodSeconds, in: Limits.graceSeconds)
        }
        return isObject ? stop : nil
    }
}

extension UpdatePolicy: JSONReadable {
    /// Reads how a change is rolled out; in the strict manner it has to leave room for one replica more or less.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> UpdatePolicy? {
        var update = UpdatePolicy()
        let isObject = reader.members(of: value) { fields in
            fields.read("maxSurge", into: &update.maxSurge)
            fields.read("maxUnavailable", into: &update.maxUnavailable)
            fields.read("minReadySeconds", into: &update.minReadySeconds, in: Limits.anySeconds)
            fields.read("deadlineSeconds", into: &update.deadlineSeconds, in: 1...31_536_000)
            fields.read("autoRollback", into: &update.autoRollback)
        }
        guard isObject else { return nil }
        if reader.isStrict, update.maxSurge.isZero, update.maxUnavailable.isZero {
            reader.note("maxSurge and maxUnavailable must not both be 0: nothing could ever be replaced")
        }
        return update
    }
}

extension Amount {
    fileprivate var isZero: Bool { self == .count(0) || self == .percent(0) }
}

extension DisconnectPolicy: JSONReadable {
    /// Reads what happens to the replicas of a vanished node.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> DisconnectPolicy? {
        var disconnect = DisconnectPolicy()
        let isObject = reader.members(of: value) { fields in
            fields.read("replaceAfterSeconds", into: &disconnect.replaceAfterSeconds, in: Limits.someSeconds)
            fields.read("stopAfterSeconds", into: &disconnect.stopAfterSeconds, in: Limits.leaseSeconds)
            fields.read("overlap", into: &disconnect.overlap)
            fields.read("keep", into: &disconnect.keep)
        }
        guard isObject else { return nil }
        if reader.isStrict, !disconnect.overlap, disconnect.stopAfterSeconds == nil {
            reader.note(
                "overlap: false needs stopAfterSeconds: only an agent that stops its replicas makes room for others")
        }
        return disconnect
    }
}

extension JobPolicy: JSONReadable {
    /// Reads how a job runs.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> JobPolicy? {
        var job = JobPolicy()
        let isObject = reader.members(of: value) { fields in
            fields.read("maxRetries", into: &job.maxRetries, in: 0...1000)
            fields.read("timeoutSeconds", into: &job.timeoutSeconds, in: Limits.someSeconds)
            fields.read("concurrency", into: &job.concurrency)
            fields.read("historyLimit", into: &job.historyLimit, in: 0...1000)
        }
        return isObject ? job : nil
    }
}
