import OrionCore

/// How long ago something was, in one unit: `45s`, `3m`, `2h`, `5d`.
enum Age {
    /// The age of a moment; `0s` for one that another machine's clock puts in the future.
    static func text(since moment: Timestamp, now: Timestamp) -> String {
        let seconds = max(0, (now.milliseconds - moment.milliseconds) / 1000)
        return switch seconds {
        case ..<120: "\(seconds)s"
        case ..<7_200: "\(seconds / 60)m"
        case ..<172_800: "\(seconds / 3_600)h"
        default: "\(seconds / 86_400)d"
        }
    }
}
