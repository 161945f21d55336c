import Glibc
import OrionCore
import OrionStore

/// Commits to a state file as it is told to on standard input, and says how each went on standard output: for tests that
/// take the power, or the disk's room, away from it.
///
/// `commit N` writes a placement and a generation of 200 KB with that number, and raises the revision to it; `probe`
/// probes; `close` closes the store and ends.
@main
struct Program {
    static func main() async {
        do {
            guard CommandLine.arguments.count == 2 else { exit(64) }
            let store = try SQLiteStore.open(path: CommandLine.arguments[1])
            var cluster = try await store.load().cluster
            while let line = readLine() {
                let words = line.split(separator: " ")
                let result: Result<Void, StoreError>
                switch words.first {
                case "commit":
                    guard words.count == 2, let number = Int(words[1]) else { exit(64) }
                    var next = cluster
                    next.revision = Int64(number)
                    result = await commit(number, next, to: store)
                    if case .success = result { cluster = next }
                case "probe": result = await probe(store)
                case "close":
                    await store.close()
                    result = .success(())
                default: exit(64)
                }
                switch result {
                case .success: say("ok \(line)")
                case .failure(let error): say("\(error.code) \(line)")
                }
                if words.first == "close" { exit(0) }
            }
        } catch {
            say("\(error.code) open")
            exit(74)
        }
    }

    private static func commit(
        _ number: Int, _ cluster: StoredCluster, to store: SQLiteStore
    ) async -> Result<Void, StoreError> {
        let fence = Fence(rawValue: UInt64(number))
        let time = Timestamp(milliseconds: 0)
        let replica = StoredReplica(
            id: ReplicaID(service: "web", fence: fence), service: "web", node: "node", generation: number, fence: fence,
            createdAt: time)
        let generation = StoredGeneration(
            service: "web", generation: number % 10, restartFrom: number, createdAt: time,
            specification: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 200_000))
        do {
            return .success(try await store.commit([.cluster(cluster), .replica(replica), .generation(generation)]))
        } catch {
            return .failure(error)
        }
    }

    private static func probe(_ store: SQLiteStore) async -> Result<Void, StoreError> {
        do {
            return .success(try await store.probe())
        } catch {
            return .failure(error)
        }
    }

    /// One write a line, past any buffer: whoever reads it may rely on it.
    private static func say(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        guard write(STDOUT_FILENO, bytes, bytes.count) == bytes.count else { exit(74) }
    }
}
