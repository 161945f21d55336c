import Dispatch
import Glibc
import Testing

@testable import OrionAgentKit

@Suite struct SpawnErrorTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    func failure(_ request: ProcessRequest) async throws -> SpawnError {
        try #require(await #expect(throws: SpawnError.self) { try await GatedProcess(request).release(on: .global()) })
    }

    @Test func missingProgram() async throws {
        let error = try await failure(folder.request(["/x/y"]))
        #expect(error.step == .exec)
        #expect(error.errno == ENOENT)
        #expect(error.message == "cannot start /x/y: no such file or directory")
        #expect(!error.isExhaustion)
    }

    @Test func notInPath() async throws {
        let error = try await failure(
            folder.request(["nodejs-of-orion"], environment: [(name: "PATH", value: "/usr/bin:/bin")]))
        #expect(error.step == .program)
        #expect(
            error.message == "cannot start nodejs-of-orion: program `nodejs-of-orion` not found in PATH (/usr/bin:/bin)"
        )
    }

    @Test func withoutAPath() async throws {
        let error = try await failure(folder.request(["sh"], environment: []))
        #expect(error.message == "cannot start sh: it names no directory, and there is no PATH to look it up in")
    }

    @Test func relativeEntriesOfThePathStartFromTheWorkingDirectory() async throws {
        try folder.write("#!/bin/sh\necho found\n", to: "tool", mode: 0o755)
        let process = try await GatedProcess(folder.request(["tool"], environment: [(name: "PATH", value: "/bin::")]))
            .release(on: .global())
        #expect(await process.exit(on: .global()) == .exited(0))
        #expect(folder.read("out") == "found\n")
    }

    @Test func notExecutable() async throws {
        try folder.write("#!/bin/sh\n", to: "tool")
        let error = try await failure(folder.request([folder.path("tool")]))
        #expect(error.message == "cannot start \(folder.path("tool")): permission denied")
        let found = try await failure(folder.request(["tool"], environment: [(name: "PATH", value: folder.path)]))
        #expect(found.message == "cannot start tool: \(folder.path("tool")) is not executable")
    }

    @Test func directory() async throws {
        #expect(try await failure(folder.request(["/tmp"])).message == "cannot start /tmp: it is a directory")
    }

    @Test func missingInterpreter() async throws {
        try folder.write("#! /no/such/node --flag\n", to: "tool", mode: 0o755)
        let error = try await failure(folder.request(["./tool"]))
        #expect(
            error.message
                == "cannot start ./tool: its first line names the interpreter /no/such/node, which does not exist")
        try folder.write("#!/bin/sh\r\necho\r\n", to: "windows", mode: 0o755)
        let windows = try await failure(folder.request(["./windows"]))
        #expect(windows.message.contains(#"the interpreter /bin/sh\r, which"#))
    }

    @Test func noProgramAtAll() async throws {
        try folder.write("just text\n", to: "text", mode: 0o755)
        #expect(
            try await failure(folder.request(["./text"])).message.contains(
                "neither a program for this machine nor a script"))
        #expect(try await failure(folder.request([])).step == .arguments)
        #expect(try await failure(folder.request([""])).step == .arguments)
    }

    @Test func missingDirectory() async throws {
        var request = folder.shell("true")
        request.workingDirectory = folder.path("nowhere")
        let error = try await failure(request)
        #expect(error.step == .workingDirectory)
        #expect(
            error.message
                == "cannot start /bin/sh: cannot change to its directory \(folder.path("nowhere")): no such file or directory"
        )
    }

    @Test func outputThatCannotBeOpened() async throws {
        var request = folder.shell("true")
        request.stdoutPath = folder.path("nowhere/out")
        #expect(try await failure(request).step == .stdout)
        request.stdoutPath = folder.path("out")
        request.stderrPath = folder.path
        let error = try await failure(request)
        #expect(error.step == .stderr)
        #expect(error.errno == EISDIR)
    }

    @Test func nulBytes() async throws {
        let error = try await failure(folder.request(["/bin/echo", "a\0b"]))
        #expect(error.step == .arguments)
        #expect(error.message == "cannot start /bin/echo: a NUL byte follows `a`")
    }

    @Test func tooLarge() async throws {
        let error = try await failure(folder.request(["/bin/echo", String(repeating: "x", count: 200_000)]))
        #expect(error.message == "cannot start /bin/echo: its arguments and environment are too large")
    }

    @Test func limitsThatCannotBeSet() async throws {
        var request = folder.shell("true")
        request.limits = [.openFiles(soft: 2, hard: 1)]
        #expect(try await failure(request).step == .limits)
    }

    @Test func failuresLeaveNoZombie() async throws {
        let gated = try GatedProcess(folder.request(["/x/y"]))
        await #expect(throws: SpawnError.self) { try await gated.release(on: .global()) }
        // Its number may be another's by now.
        #expect(ProcessStatus(pid: gated.identity.pid)?.startTicks != gated.identity.startTicks)
    }
}
