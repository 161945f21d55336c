import OrionCore
import OrionStore
import Testing

@Suite struct PowerCutTests {
    /// Takes what was on the disk at each synchronization, with and without what was only written, and looks for every
    /// commit that had been acknowledged until the next one.
    @Test func losesNoAcknowledgedCommit() async throws {
        let folder = try TestFolder()
        let writer = try Writer(in: folder, keepsCopies: true)
        // Three checkpoints' worth.
        for number in 1...60 { try writer.child.say("commit \(number)") }
        try await eventually { folder.text("replies").split(separator: "\n").count >= 60 }
        #expect(writer.child.kill() & 0x7f == 9)
        let replies = folder.read("replies")
        #expect(acknowledged(replies) == 60)

        var cuts = 0
        while folder.exists("copies/\(cuts + 1)") {
            cuts += 1
            func replied(before cut: Int) -> Int {
                guard let length = Int(folder.text("copies/\(cut)/replies")) else { return acknowledged(replies) }
                return acknowledged(Array(replies.prefix(length)))
            }
            try await check("copies/\(cuts)/before/state.sqlite", in: folder, holds: replied(before: cuts))
            try await check("copies/\(cuts)/after/state.sqlite", in: folder, holds: replied(before: cuts + 1))
        }
        #expect(cuts >= 60, "each commit is synchronized")
    }

    private func acknowledged(_ replies: [UInt8]) -> Int {
        String(decoding: replies, as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("ok commit") }.count
    }

    private func check(_ copy: String, in folder: TestFolder, holds count: Int) async throws {
        // Nothing was acknowledged while the file was being made.
        guard folder.exists(copy) || count > 0 else { return }
        let store = try SQLiteStore.open(path: folder.file(copy))
        let state = try await store.load()
        await store.close()
        #expect(state.replicas.count >= count, "\(copy)")
        #expect(state.replicas.count <= count + 1, "\(copy): one more may have been on its way")
        #expect(state.cluster.revision == Int64(state.replicas.count), "\(copy): a commit in part")
        #expect(state.replicas.map(\.generation) == Array(1..<state.replicas.count + 1), "\(copy): a gap")
    }
}
