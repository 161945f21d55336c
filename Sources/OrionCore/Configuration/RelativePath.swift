/// Paths that have to stay below a directory, judged by their text: links are the agent's to follow.
enum RelativePath {
    /// Bytes of a path: the kernel takes no longer one (PATH_MAX).
    private static let maximumBytes = 4095

    /// Why `path`, read from the directory `base` below the root, is none inside of the root.
    static func fault(in path: String, below base: String, root: String) -> String? {
        if path.isEmpty { return "must not be empty" }
        if path.utf8.contains(0) { return "must not contain the character U+0000" }
        if path.utf8.count > maximumBytes { return "must have at most \(maximumBytes) bytes" }
        if path.hasPrefix("/") {
            return "must be relative to \(root), not absolute as \(JSONValue.shown(path))"
        }
        if path == "~" || path.hasPrefix("~/") {
            return "must be relative to \(root): ~ is not expanded in \(JSONValue.shown(path))"
        }
        var depth = 0
        for component in [base, path].flatMap({ $0.split(separator: "/") }) where component != "." {
            depth += component == ".." ? -1 : 1
            if depth < 0 { return "must stay inside \(root), which \(JSONValue.shown(path)) leaves" }
        }
        return nil
    }
}
