import Glibc

/// The directory on this machine that every service's `path` resolves inside.
struct Workspace: Sendable {
    /// Absolute. Links in it are followed at each start of a replica: `current` may lead to another release by then.
    let root: String

    /// The workspace at `root`; it must exist.
    init(root: String) throws(LaunchError) {
        guard FileKind(of: root) != .missing else {
            throw LaunchError(message: "cannot use the workspace root \(root): \(describe(errno: errno))")
        }
        guard FileKind(of: root) == .directory else {
            throw LaunchError(message: "cannot use the workspace root \(root): it is no directory")
        }
        if root.hasPrefix("/") {
            self.root = root
        } else if let here = Self.resolve(".") {
            self.root = here + "/" + root
        } else {
            throw LaunchError(message: "cannot use the workspace root \(root): \(describe(errno: errno))")
        }
    }

    /// The directory that a service's `path` names, links resolved, so that none leads out of the workspace.
    func directory(_ path: String, of service: String) throws(LaunchError) -> String {
        guard !path.utf8.contains(0) else {
            throw LaunchError(message: "cannot start \(service): its path has a NUL byte")
        }
        guard let inside = Self.resolve(root), let resolved = Self.resolve(root + "/" + path) else {
            throw LaunchError(
                message: "cannot start \(service): its path \(path) cannot be used in the workspace root \(root): "
                    + describe(errno: errno))
        }
        guard resolved == inside || resolved.hasPrefix(inside == "/" ? inside : inside + "/") else {
            throw LaunchError(
                message:
                    "cannot start \(service): its path \(path) leads to \(resolved), outside of the workspace root "
                    + inside)
        }
        guard FileKind(of: resolved) == .directory else {
            throw LaunchError(message: "cannot start \(service): its path \(path) (\(resolved)) is no directory")
        }
        return resolved
    }

    private static func resolve(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
