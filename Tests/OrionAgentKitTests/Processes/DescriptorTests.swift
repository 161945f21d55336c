import Dispatch
import Glibc
import Testing

@testable import OrionAgentKit

@Suite struct DescriptorTests {
    /// Who waits on a socket whose peer hangs up meanwhile, as each gate does when its program starts, sees it; thousands
    /// of times at once. With `MALLOC_PERTURB_=165`, which scripts/test sets, a dispatch source on the socket itself brought
    /// down the process in one of six runs.
    @Test func aHangUpIsSeenWheneverItComes() async throws {
        try await withThrowingTaskGroup { group in
            for number in 0..<8 {
                let queue = DispatchQueue(label: "test \(number)")
                group.addTask {
                    for _ in 0..<2000 { try await Self.seeHangUp(on: queue) }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func seeHangUp(on queue: DispatchQueue) async throws {
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
        let near = Descriptor(owning: ends[0])
        let far = ends[1]
        async let closed = close(far)
        await near.readable(on: queue)
        #expect(await closed == 0)
    }
}
