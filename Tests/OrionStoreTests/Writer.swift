import Glibc

/// The `orion-store-writer` under the library that cuts its power.
struct Writer {
    let folder: TestFolder
    let child: Child
    var state: String { folder.file("state.sqlite") }

    init(in folder: TestFolder, keepsCopies: Bool = false, user: Int? = nil) throws {
        let library = folder.file("power-cut.so")
        let compiler = try Child(
            ["cc", "-shared", "-fPIC", "-Wall", "-Werror", "-o", library, Self.librarySource, "-ldl"],
            output: folder.file("compiler"))
        guard compiler.wait() == 0 else {
            throw TestFailure("the library does not compile: \(folder.text("compiler"))")
        }
        if keepsCopies { mkdir(folder.file("copies"), 0o700) }
        // The descriptor's link shows the file as it is found without links.
        var environment = [
            "LD_PRELOAD": library, "POWER_CUT_FILE": folder.file("state.sqlite"), "POWER_CUT_FULL": folder.file("full"),
            "POWER_CUT_UNSYNCED": folder.file("unsynced"), "POWER_CUT_REPLIES": folder.file("replies"),
        ]
        if keepsCopies { environment["POWER_CUT_DIRECTORY"] = folder.file("copies") }
        if let user { environment["POWER_CUT_USER"] = "\(user)" }
        self.folder = folder
        child = try Child(
            [Self.program, folder.file("state.sqlite")], environment: environment, output: folder.file("replies"))
    }

    func reply(to command: String) async throws -> String {
        let before = folder.text("replies")
        try child.say(command)
        try await eventually { folder.text("replies").count > before.count }
        return String(folder.text("replies").dropFirst(before.count).dropLast())
    }

    /// Beside the tests themselves.
    private static var program: String {
        let own = realpath("/proc/self/exe", nil)
        defer { free(own) }
        let path = own.map { String(cString: $0) } ?? ""
        return path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/orion-store-writer"
    }

    private static var librarySource: String {
        let here = #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" }
        return here + "/Support/power-cut/power-cut.c"
    }
}
