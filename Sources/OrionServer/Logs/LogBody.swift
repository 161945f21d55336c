import OrionHTTP

/// What a client of the logs is sent, page by page.
final class LogBody: HTTPBodyStream {
    private let hub: LogHub
    private let number: Int

    init(hub: LogHub, number: Int) {
        self.hub = hub
        self.number = number
    }

    func next(_ take: @escaping @Sendable ([UInt8]?) -> Void) { hub.pull(number, take) }

    func cancel() { hub.leave(number) }
}
