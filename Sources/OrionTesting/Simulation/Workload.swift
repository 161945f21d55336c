import OrionCore
import OrionScheduler

/// What people want, and what they have been told.
struct Workload {
    /// A change of one service.
    enum Change: Equatable {
        case specification(ServiceSpecification)
        case replicas(Int)
        case restarted
        case removed

        func isMet(by stored: ServiceSpecification) -> Bool {
            switch self {
            case .specification(let wanted): wanted == stored
            case .replicas(let wanted): wanted == stored.replicas
            case .restarted, .removed: true
            }
        }
    }

    /// Something that someone waits for.
    struct Asked {
        let number: Int
        let changes: [ServiceName: Change]
    }

    let names: [ServiceName]
    var documents: [ServiceName: ServiceSpecification] = [:]
    var lastNumber = 0
    var asked: [RequestID: Asked] = [:]

    init(services: Int) { names = Array((["a", "b", "c", "d"] as [ServiceName]).prefix(services)) }
}
