import Glibc
import OrionCore
import Testing

@testable import OrionAgentKit

@Suite struct SamplerTests {
    @Test func countsBusyTicksOfAllCores() {
        let text = "cpu  10 20 30 1000 500 1 2 3 99 98\ncpu0 1 2 3\n"
        #expect(NodeSampler.busyTicks(text) == 66)
        #expect(NodeSampler.busyTicks("") == nil)
        #expect(NodeSampler.busyTicks("intr 1 2") == nil)
    }

    @Test func countsUsedMemory() {
        let text = "MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:   400 kB\n"
        #expect(NodeSampler.usedBytes(text) == 614_400.0)
        #expect(NodeSampler.usedBytes("MemTotal: 1 kB") == nil)
    }

    @Test func seesThisMachine() {
        var sampler = NodeSampler()
        let start = ContinuousClock.now
        #expect(sampler.sample(at: start).cpu == 0)
        let usage = sampler.sample(at: start + .seconds(1))
        #expect(usage.cpu >= 0)
        #expect(usage.memory > 1024 * 1024)
    }

    @Test func addsUpSessions() {
        func process(_ pid: Int32, session: Int32, ticks: UInt64, pages: Int64, state: String = "S") throws
            -> ProcessStatus
        {
            let line = "\(pid) (x) \(state) 1 \(pid) \(session) 0 -1 0 0 0 0 0 \(ticks) 0 0 0 20 0 1 0 5 0 \(pages) 0"
            return try #require(ProcessStatus(line: Array(line.utf8)))
        }
        do {
            var sampler = ReplicaSampler()
            let start = ContinuousClock.now
            let groups: [Int32: ReplicaID] = [10: "a", 20: "b", 30: "c"]
            let ticksPerSecond = UInt64(sysconf(Int32(_SC_CLK_TCK)))
            let pageBytes = Double(sysconf(Int32(_SC_PAGESIZE)))
            let first = sampler.sample(
                groups,
                [try process(10, session: 10, ticks: 100, pages: 1), try process(99, session: 99, ticks: 9, pages: 9)],
                at: start)
            #expect(
                first == [
                    "a": Usage(cpu: 0, memory: pageBytes), "b": Usage(cpu: 0, memory: 0), "c": Usage(cpu: 0, memory: 0),
                ])
            let second = sampler.sample(
                groups,
                [
                    try process(10, session: 10, ticks: 100 + ticksPerSecond / 2, pages: 1),
                    try process(11, session: 10, ticks: ticksPerSecond, pages: 2),
                    try process(20, session: 20, ticks: 5000, pages: 9, state: "Z"),
                ], at: start + .seconds(2))
            #expect(second["a"] == Usage(cpu: 75, memory: 3 * pageBytes))
            #expect(second["b"] == Usage(cpu: 0, memory: 0))
        } catch {
            Issue.record(error)
        }
    }

    @Test func readsVersions() {
        #expect(RuntimeProbe.version(in: "v22.1.0\n") == "22.1.0")
        #expect(RuntimeProbe.version(in: "deno 2.1.4 (stable, release)\nv8 13.0\n") == "2.1.4")
        #expect(RuntimeProbe.version(in: "1.1.38\n") == "1.1.38")
        #expect(RuntimeProbe.version(in: "") == nil)
        #expect(RuntimeProbe.version(in: "no version") == nil)
    }

    @Test func findsRuntimes() async throws {
        let folder = try TestFolder()
        try folder.write("#!/bin/sh\necho v22.1.0\n", to: "node", mode: 0o755)
        try folder.write("#!/bin/sh\nexit 1\n", to: "bun", mode: 0o755)
        let probe = RuntimeProbe(
            environment: [(name: "PATH", value: folder.path)], folder: folder.path("probe"))
        #expect(await probe.labels() == ["runtime.node": "22.1.0"])
        #expect(access(folder.path("probe"), F_OK) != 0)
    }
}
