/// How a line of the log looks.
public enum LogFormat: String, Sendable, CaseIterable {
    /// For people: `2026-11-25T10:20:14.123Z info Node joined. node=a1`.
    case text
    /// For machines: one JSON object a line.
    case json
}
