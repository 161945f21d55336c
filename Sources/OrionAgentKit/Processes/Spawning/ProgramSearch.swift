import Glibc

/// Finds the file of a program before the fork, so that the error can say where it was looked for.
enum ProgramSearch {
    /// The file to execute for `request`: its first argument, or the first executable file of that name in `PATH`.
    static func find(for request: ProcessRequest) throws(SpawnError) -> String {
        guard let name = request.arguments.first, !name.isEmpty else {
            throw SpawnError(step: .arguments, errno: EINVAL, message: "no program to start: the command is empty")
        }
        if name.contains("/") { return name }
        // Of two entries of one name most programs see the first.
        guard let path = request.environment.first(where: { $0.name == "PATH" })?.value else {
            throw SpawnError(
                step: .program, errno: ENOENT,
                message: "cannot start \(name): it names no directory, and there is no PATH to look it up in")
        }
        var refused: String?
        for folder in path.split(separator: ":", omittingEmptySubsequences: false) {
            // By POSIX an empty entry is the working directory.
            let candidate = folder.isEmpty ? "./\(name)" : "\(folder)/\(name)"
            let absolute = candidate.hasPrefix("/") ? candidate : "\(request.workingDirectory)/\(candidate)"
            guard FileKind(of: absolute) == .file else { continue }
            if access(absolute, X_OK) == 0 { return candidate }
            refused = refused ?? candidate
        }
        if let refused {
            throw SpawnError(
                step: .program, errno: EACCES, message: "cannot start \(name): \(refused) is not executable")
        }
        throw SpawnError(
            step: .program, errno: ENOENT,
            message: "cannot start \(name): program `\(name)` not found in PATH (\(path.isEmpty ? "empty" : path))")
    }
}
