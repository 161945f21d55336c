import Foundation
import OrionCore
import Testing

/// A disk that fails under a running orion-api.
@Suite("orion-api's disk", .timeLimit(.minutes(3)))
struct OrionAPIDiskTests {
    @Test(
        "A file system that stands still: 503 with the reason while it does, and it heals by itself",
        .enabled(if: DiskImage.obstacle == nil, "\(DiskImage.obstacle ?? "")"))
    func frozen() async throws {
        try await withDisk { disk, folder in
            let (program, port) = try await ServerProgram.listening(["--state-db", state(on: disk)], in: folder)
            #expect(try await ask(port, "/api/apply", post: document("before", config: "before")).status == 202)
            try await disk.freeze()
            do {
                // Part of the commit that hangs: answered once its outcome is known.
                async let taken = ask(port, "/api/apply", post: document("first", config: "first"))
                let reason = try await sickness(of: port)
                #expect(reason.contains("a commit has not ended for 5.0 s"))
                #expect(try await ask(port, "/api/apply", post: document("second", config: "second")).status == 503)
                #expect(try await ask(port, "/api/services/before").status == 200)
                try await disk.thaw()
                #expect(try await taken.status == 202)
            } catch {
                try? await disk.thaw()
                throw error
            }
            try await recovery(of: port)
            #expect(try await ask(port, "/api/services/first").status == 200)
            #expect(try await ask(port, "/api/services/second").status == 404)
            #expect(await program.stop().status == 0)
        }
    }

    @Test(
        "A file system that turns read-only: 503 with the reason, and what was acknowledged is there after its repair",
        .enabled(if: DiskImage.obstacle == nil, "\(DiskImage.obstacle ?? "")"))
    func readOnly() async throws {
        try await withDisk { disk, folder in
            let (program, port) = try await ServerProgram.listening(["--state-db", state(on: disk)], in: folder)
            for number in 1...20 {
                let answer = try await ask(port, "/api/apply", post: document("s\(number)", config: "c\(number)"))
                #expect(answer.status == 202)
            }
            try await disk.turnReadOnly()
            let refused = try await ask(port, "/api/apply", post: document("late", config: "late"))
            #expect(refused.status == 503)
            #expect(refused.body.contains("Read-only file system"))
            #expect(try await sickness(of: port).contains("Read-only file system"))
            // It is no crash: what was is shown, and the program goes on trying.
            #expect(try await ask(port, "/api/services/s20").status == 200)
            #expect(try await ask(port, "/api/services/late").status == 404)
            program.signal(SIGKILL)
            #expect(await program.ending().status == -SIGKILL)
            try await disk.unmount()
            try await disk.check()
            try await disk.mount()
            let (second, newPort) = try await ServerProgram.listening(["--state-db", state(on: disk)], in: folder)
            for number in 1...20 { #expect(try await ask(newPort, "/api/services/s\(number)").status == 200) }
            #expect(await second.stop().status == 0)
        }
    }

    @Test("Files that turn read-only, and writable again: 503 with the reason meanwhile, then it heals by itself")
    func readOnlyForAWhile() async throws {
        try await withBreakableState { environment, arguments, folder in
            let (program, port) = try await ServerProgram.listening(arguments, environment: environment, in: folder)
            #expect(try await ask(port, "/api/apply", post: document("before", config: "before")).status == 202)
            let flag = folder.appending(path: "readonly")
            try Data().write(to: flag)
            #expect(try await ask(port, "/api/apply", post: document("first", config: "first")).status == 503)
            #expect(try await sickness(of: port).contains("Read-only file system"))
            #expect(try await ask(port, "/api/apply", post: document("second", config: "second")).status == 503)
            try FileManager.default.removeItem(at: flag)
            try await recovery(of: port)
            #expect(try await ask(port, "/api/apply", post: document("after", config: "after")).status == 202)
            let before = try await ask(port, "/api/services").body
            #expect(try await ask(port, "/api/services/second").status == 404)
            program.signal(SIGKILL)
            #expect(await program.ending().status == -SIGKILL)
            let (second, newPort) = try await ServerProgram.listening(arguments, in: folder)
            #expect(try await ask(newPort, "/api/services").body == before)
            #expect(await second.stop().status == 0)
        }
    }

    @Test("A disk that cannot flush: what may be there after a crash is there in the end")
    func unsynced() async throws {
        try await withBreakableState { environment, arguments, folder in
            let (program, port) = try await ServerProgram.listening(arguments, environment: environment, in: folder)
            let flag = folder.appending(path: "unsynced")
            try Data().write(to: flag)
            let refused = try await ask(port, "/api/apply", post: document("first", config: "first"))
            #expect(refused.status == 503)
            #expect(refused.body.contains("is not known"))
            #expect(try await sickness(of: port).contains("is not known"))
            #expect(try await ask(port, "/api/services/first").status == 404)
            try FileManager.default.removeItem(at: flag)
            try await recovery(of: port)
            #expect(try await ask(port, "/api/services/first").status == 200)
            #expect(await program.stop().status == 0)
        }
    }

    // MARK: Support

    private func state(on disk: DiskImage) -> String { "\(disk.path)/state.sqlite" }

    private func withDisk(_ body: (DiskImage, URL) async throws -> Void) async throws {
        try await withFolder { folder in
            let disk = try await DiskImage(in: folder)
            do {
                try await body(disk, folder)
            } catch {
                try? await disk.unmount()
                throw error
            }
            try await disk.unmount()
        }
    }

    /// A state whose files fail while a file of a fault's name is in the folder.
    private func withBreakableState(
        _ body: (_ environment: [String: String], _ arguments: [String], _ folder: URL) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            @Sendable func path(_ name: String) -> String { folder.appending(path: name).path }
            let source = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../Support/power-cut/power-cut.c").standardized.path
            let status = try await blocking {
                let compiler = try Process.run(
                    URL(filePath: "/usr/bin/env"),
                    arguments: ["cc", "-shared", "-fPIC", "-o", path("power-cut.so"), source, "-ldl"])
                compiler.waitUntilExit()
                return compiler.terminationStatus
            }
            try #require(status == 0)
            try await body(
                [
                    "LD_PRELOAD": path("power-cut.so"), "POWER_CUT_FILE": path("state.sqlite"),
                    "POWER_CUT_READONLY": path("readonly"), "POWER_CUT_UNSYNCED": path("unsynced"),
                ], ["--state-db", path("state.sqlite")], folder)
        }
    }

    /// Waits until `/health` is 503, and says why it is.
    private func sickness(of port: Int) async throws -> String {
        while true {
            let answer = try await ask(port, "/health")
            if answer.status == 503 { return answer.body }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func recovery(of port: Int) async throws {
        while try await ask(port, "/health").status != 200 { try await Task.sleep(for: .milliseconds(20)) }
    }
}
