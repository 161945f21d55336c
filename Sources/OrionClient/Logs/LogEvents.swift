internal import AsyncHTTPClient
internal import NIOCore
internal import OrionCore

/// The logs of a service, event by event, as they come: it reads on when it is asked for the next.
///
/// It ends behind `LogEvent.Content.end`, or throws `ClientError` where the connection breaks before that; whoever goes on
/// then gives the id of the last event.
public struct LogEvents: AsyncSequence, Sendable {
    let body: HTTPClientResponse.Body
    let server: String
    let silence: SilenceLimit

    /// What comes.
    public func makeAsyncIterator() -> Iterator { Iterator(ChunkReader(body), server, silence) }

    /// Reads one event after the other.
    public struct Iterator: AsyncIteratorProtocol {
        private let chunks: ChunkReader
        private let server: String
        private let silence: SilenceLimit
        private var parser = EventParser()
        private var waiting: ArraySlice<LogEvent> = []
        private var hasEnded = false

        init(_ chunks: ChunkReader, _ server: String, _ silence: SilenceLimit) {
            self.chunks = chunks
            self.server = server
            self.silence = silence
        }

        /// The next event; nil behind the last.
        public mutating func next() async throws(ClientError) -> LogEvent? {
            while true {
                if let event = waiting.popFirst() {
                    hasEnded = event.content == .end
                    return event
                }
                if hasEnded { return nil }
                try await read()
            }
        }

        private mutating func read() async throws(ClientError) {
            do {
                guard let chunk = try await silence.limit({ [chunks] in try await chunks.next() }) else {
                    throw ClientError(.unreachable, "orion-api at \(server) ended the connection before the logs' end")
                }
                waiting = try parser.push(chunk.readableBytesView).compactMap { try LogEvent($0) }[...]
            } catch let error as ClientError {
                throw error
            } catch is EventParser.LineTooLong {
                throw ClientError(.unexpectedAnswer, "what \(server) answered is too large for orion-api's")
            } catch let error as OrionError {
                throw ClientError(.unexpectedAnswer, "what \(server) sent is not orion-api's: \(error.message)")
            } catch {
                throw ClientError(
                    .unreachable, "the connection to orion-api at \(server) broke before the logs' end: \(error)")
            }
        }
    }
}
