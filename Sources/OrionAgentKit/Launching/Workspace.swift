import Glibc

/// The directory on this machine that every service's `path` resolves inside.
struct Workspace: Sendable {
    /// Absolute, links resolved.
    let root: String

    /// The workspace at `root`; it must exist.
    init(root: String) throws(LaunchError) {
        guard let resolved = Self.resolve(root) else {
            throw LaunchError(message: "cannot use the workspace root \(root): \(describe(errno: errno))")
        }
        guard FileKind(of: resolved) == .directory else {
            throw LaunchError(message: "cannot use the workspace root \(root): it is no directory")
        }
        self.root = resolved
    }

    /// The directory that a service's `path` names, links resolved, so that none leads out of the workspace.
    func directory(_ path: String, of service: String) throws(LaunchError) -> String {
        guard !path.utf8.contains(0) else {
            throw LaunchError(message: "cannot start \(service): its path has a NUL byte")
        }
        guard let resolved = Self.resolve(root + "/" + path) else {
            throw LaunchError(
                message: "cannot start \(service): its path \(path) cannot be used in the workspace root \(root): "
                    + describe(errno: errno))
        }
        guard resolved == root || resolved.hasPrefix(root == "/" ? root : root + "/") else {
            throw LaunchError(
                message:
                    "cannot start \(service): its path \(path) leads to \(resolved), outside of the workspace root \(root)"
            )
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
