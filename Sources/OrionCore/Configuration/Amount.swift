/// A number of replicas, or a share of those wanted.
public enum Amount: Hashable, Sendable {
    /// So many.
    case count(Int)
    /// So many of a hundred.
    case percent(Int)

    /// The number for `replicas` wanted ones, a share rounded up (as a surge is).
    public func roundedUp(of replicas: Int) -> Int {
        switch self {
        case .count(let count): count
        case .percent(let percent): (replicas * percent + 99) / 100
        }
    }

    /// The number for `replicas` wanted ones, a share rounded down (as what may be unavailable is).
    public func roundedDown(of replicas: Int) -> Int {
        switch self {
        case .count(let count): count
        case .percent(let percent): replicas * percent / 100
        }
    }
}

extension Amount: Encodable {
    /// Writes a number, or a string such as `"25%"`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .count(let count): try container.encode(count)
        case .percent(let percent): try container.encode("\(percent)%")
        }
    }
}
