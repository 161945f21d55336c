import Foundation
import Glibc

/// A small ext4 file system of its own, in a file: a disk that a test may break.
final class DiskImage: Sendable {
    /// Why tests that need one are skipped; nil where they can run.
    static let obstacle: String? = {
        guard geteuid() == 0 else { return "mounting a file system needs root" }
        for program in ["/usr/sbin/mkfs.ext4", "/usr/sbin/e2fsck", "/usr/sbin/fsfreeze", "/usr/bin/mount"]
        where access(program, X_OK) != 0 { return "\(program) is not installed" }
        return access("/dev/loop-control", R_OK | W_OK) == 0 ? nil : "there are no loop devices"
    }()

    private let image: String
    private let mountPoint: String

    /// Makes one in the folder, and mounts it.
    init(in folder: URL) async throws {
        image = folder.appending(path: "disk.image").path
        mountPoint = folder.appending(path: "disk").path
        try FileManager.default.createDirectory(atPath: mountPoint, withIntermediateDirectories: true)
        try await Self.run("truncate", "--size=16M", image)
        try await Self.run("mkfs.ext4", "-q", image)
        try await mount()
    }

    var path: String { mountPoint }

    func mount() async throws { try await Self.run("mount", "-o", "loop,errors=remount-ro", image, mountPoint) }

    func unmount() async throws { try await Self.run("umount", mountPoint) }

    /// Repairs what an error has left, as a start of the machine does.
    func check() async throws {
        // 1: errors were found, and corrected.
        try await Self.run("e2fsck", "-p", "-f", image, accepting: [0, 1])
    }

    /// Lets whoever writes wait, until `thaw`.
    func freeze() async throws { try await Self.run("fsfreeze", "--freeze", mountPoint) }

    func thaw() async throws { try await Self.run("fsfreeze", "--unfreeze", mountPoint) }

    /// Does what the kernel does when it finds the file system damaged: it is read-only from now on.
    func turnReadOnly() async throws {
        let device = try await Self.run("findmnt", "--noheadings", "--output", "SOURCE", mountPoint)
        try Data("1".utf8).write(
            to: URL(filePath: "/sys/fs/ext4/\(device.split(separator: "/").last ?? "")/trigger_fs_error"))
    }

    @discardableResult
    private static func run(_ words: String..., accepting statuses: Set<Int32> = [0]) async throws -> String {
        try await blocking {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = words
            process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = pipe
            try process.run()
            let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            guard statuses.contains(process.terminationStatus) else {
                throw ProgramError(description: "\(words.joined(separator: " ")): \(output)")
            }
            return output.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }
}
