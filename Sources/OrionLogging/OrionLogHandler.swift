public import Logging

/// The log of Orion's programs: one line an event, as text or JSON, to standard error.
///
/// What comes from outside (a node's name, a path) is escaped, so that it can never look like a line of its own.
public struct OrionLogHandler: LogHandler {
    /// Values that go with each line.
    public var metadata: Logger.Metadata = [:]
    /// Where more values come from.
    public var metadataProvider: Logger.MetadataProvider?
    /// The least severe level that is written.
    public var logLevel: Logger.Level

    private let format: LogFormat
    private let sink: LogSink

    /// A handler that writes lines of `level` and above to `sink`.
    public init(level: Logger.Level, format: LogFormat, sink: LogSink = .standardError) {
        self.logLevel = level
        self.format = format
        self.sink = sink
    }

    /// A logger called `label` on such a handler.
    public static func logger(
        label: String, level: Logger.Level, format: LogFormat, sink: LogSink = .standardError
    ) -> Logger {
        Logger(label: label) { _ in OrionLogHandler(level: level, format: format, sink: sink) }
    }

    /// One of the values that go with each line.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a line, or drops it where nobody reads standard error.
    public func log(event: LogEvent) {
        var values = metadata
        if let provided = metadataProvider?.get() { values.merge(provided) { _, new in new } }
        if let own = event.metadata { values.merge(own) { _, new in new } }
        if let error = event.error { values["error"] = .string("\(error)") }
        var line = LogLine(format: format)
        line.write(level: event.level, message: event.message.description, values: values)
        sink.write(line.bytes)
    }
}
