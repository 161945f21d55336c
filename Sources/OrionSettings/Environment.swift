internal import Glibc

/// The environment variables that a program was started with.
public enum Environment {
    /// The variable's value; an empty one counts as not set, as unit files and Compose files leave them.
    public static subscript(name: String) -> String? {
        guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { return nil }
        return value
    }
}
