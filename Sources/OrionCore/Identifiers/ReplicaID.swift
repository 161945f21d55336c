/// The id of one placement of a service: `<service>-` and the placement's fence in base 36, at least six digits.
///
/// Fences are never given twice, so neither is an id; the longest (56 + 1 + 13 characters) is still a path component.
public struct ReplicaID: OrionIdentifier {
    /// The plain id.
    public let rawValue: String
    /// Wraps an id.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The id of the placement that `fence` numbers.
    public init(service: ServiceName, fence: Fence) {
        let digits = String(fence.rawValue, radix: 36)
        let padding = String(repeating: "0", count: max(0, 6 - digits.count))
        self.init(rawValue: "\(service.rawValue)-\(padding)\(digits)")
    }
}
