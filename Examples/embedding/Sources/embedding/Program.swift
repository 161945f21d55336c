import Logging
import OrionControlPlane
import OrionCore
import OrionStore
import OrionTesting

@main
struct Program {
    static func main() async throws {
        let controlPlane = ControlPlane(store: PrintingStore(), logger: Logger(label: "embedding"))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await controlPlane.run() }
            try await controlPlane.started()
            InProcessAgent("laptop", of: controlPlane).connect()
            let json = #"{"spec": {"services": [{"name": "web", "command": "server", "runtime": "exec", "replicas": 2}]}}"#
            let document = try OrionConfig.parse(json: Array(json.utf8))
            _ = try await controlPlane.perform(.apply(.init(config: document.config, warnings: document.warnings)))
            while controlPlane.snapshot.serviceRecord("web")?.status.status != .running { await Task.yield() }
            print("web runs:", controlPlane.snapshot.nodeRecords().map { "\($0.replicas) replicas on \($0.name)" })
            tasks.cancelAll()
        }
    }
}
