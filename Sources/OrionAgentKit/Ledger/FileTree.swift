import Glibc

/// Directories, made and removed whole.
enum FileTree {
    /// The names in a directory, in no particular order; nil with `errno` where it cannot be read.
    static func names(in path: String) -> [String]? {
        guard let directory = opendir(path) else { return nil }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Makes a directory and the ones above it that are missing; false with `errno` where that fails.
    static func make(_ path: String, mode: mode_t) -> Bool {
        if mkdir(path, mode) == 0 || errno == EEXIST { return FileKind(of: path) == .directory || fail(ENOTDIR) }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return false }
        return make(String(path[..<slash]), mode: mode) && (mkdir(path, mode) == 0 || errno == EEXIST)
    }

    /// Removes a file, or a directory with all that is in it; links are removed, not followed. What is not there is
    /// removed already. False with `errno` where something stays.
    static func remove(_ path: String) -> Bool {
        if unlink(path) == 0 || errno == ENOENT { return true }
        guard errno == EISDIR || errno == EPERM else { return false }
        guard let names = names(in: path) else { return errno == ENOENT }
        for name in names where !remove(path + "/" + name) { return false }
        return rmdir(path) == 0 || errno == ENOENT
    }

    private static func fail(_ number: Int32) -> Bool {
        errno = number
        return false
    }
}
