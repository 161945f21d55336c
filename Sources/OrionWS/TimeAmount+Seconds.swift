import NIOCore

extension TimeAmount {
    /// Fractions of a second too; what does not fit is cut to a hundred years.
    static func seconds(_ seconds: Double) -> TimeAmount {
        .nanoseconds(Int64(max(0, min(seconds, 3_155_760_000)) * 1e9))
    }
}
