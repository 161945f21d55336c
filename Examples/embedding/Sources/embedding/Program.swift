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
            var web = ServiceSpecification(name: "web")
            web.replicas = 2
            var config = OrionConfig()
            config.spec.services = [web]
            _ = try await controlPlane.perform(.apply(.init(config: config)))
            for await state in controlPlane.snapshots where state.serviceRecord("web")?.status.status == .running {
                print("web runs:", state.nodeRecords().map { "\($0.replicas) replicas on \($0.name)" })
                break
            }
            tasks.cancelAll()
        }
    }
}
