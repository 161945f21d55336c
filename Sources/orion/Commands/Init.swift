import ArgumentParser
import Glibc

/// `orion init`: writes a configuration to start from.
struct Init: Subcommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a commented orion.yaml to start from; never over one that is there.")

    @Argument(help: "Where to write it.")
    var file = "orion.yaml"

    @OptionGroup var display: DisplayOptions

    func perform(_ console: Console) async throws {
        let name = ExampleDocument.name(fromFolder: Self.folderName(of: file))
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            if errno == EEXIST { throw Failure("\(file) is already there and was left alone: name another file") }
            throw Failure("cannot write \(file): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        let bytes = Array(ExampleDocument.text(name: name).utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw Failure("cannot write \(file): \(String(cString: strerror(errno)))")
        }
        console.say("wrote \(file); now: orion apply -f \(file) --wait")
    }

    /// The name of the folder that a file is in.
    private static func folderName(of file: String) -> String {
        let folder = file.contains("/") ? String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)]) : "."
        guard let resolved = realpath(folder.isEmpty ? "/" : folder, nil) else { return "" }
        defer { free(resolved) }
        return String(String(cString: resolved).split(separator: "/").last ?? "")
    }
}
