internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
public import OrionCore

extension OrionClient {
    /// The logs of a service: 404 where there is none of that name, 503 where the nodes that have them are not connected.
    ///
    /// - Parameter id: The id of the last event that was seen, to go on behind it without a gap or a double.
    public func logs(
        of service: ServiceName, _ selection: LogSelection = LogSelection(), after id: String? = nil
    ) async throws(ClientError) -> LogEvents {
        let path = "/api/services/" + Self.segment(service.rawValue) + "/logs" + selection.query
        var request = self.request(to: path, accept: "text/event-stream")
        if let id { request.headers.add(name: "last-event-id", value: id) }
        let silence = SilenceLimit(seconds: silenceSeconds)
        do {
            let deadline = NIODeadline.now() + .milliseconds(Int64(silenceSeconds * 1000))
            let response = try await Self.streams.execute(request, deadline: deadline)
            guard response.status == .ok else {
                let bytes = try await silence.limit { try await response.body.collect(upTo: Self.answerLimitBytes) }
                throw ServerAnswer(
                    server: server, path: path, status: Int(response.status.code), body: Array(buffer: bytes)
                ).refusal
            }
            return LogEvents(body: response.body, server: server, silence: silence)
        } catch let error as ClientError {
            throw error
        } catch {
            throw await reason(of: error, timeoutSeconds: silenceSeconds)
        }
    }

    /// Connections that last, apart from the others.
    private static let streams = pool()
}
