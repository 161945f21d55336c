import Logging

/// What a server has logged of those that it kept out.
final class LogRecorder: Sendable {
    private let signal: AsyncStream<String>.Continuation
    private let stream: AsyncStream<String>

    init() { (stream, signal) = AsyncStream.makeStream() }

    var logger: Logger { Logger(label: "test") { _ in Handler(recorder: self) } }

    /// Waits for the next reason.
    func next() async -> String? { await stream.first { _ in true } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var metadataProvider: Logger.MetadataProvider?
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            if let reason = event.metadata?["reason"] { recorder.signal.yield("\(event.message) \(reason)") }
        }
    }
}
