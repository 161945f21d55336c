import NIOCore

extension TimeAmount {
    /// Fractions of a second too; what does not fit is cut to a hundred years, and what is no number is none.
    static func seconds(_ seconds: Double) -> TimeAmount {
        .nanoseconds(seconds > 0 ? Int64(min(seconds, 3_155_760_000) * 1e9) : 0)
    }
}
