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
        /// Whether it has to be taken in the end: asked for again until it is.
        let request: Request?
    }

    let names: [ServiceName]
    var documents: [ServiceName: ServiceSpecification] = [:]
    var lastNumber = 0
    var asked: [RequestID: Asked] = [:]
    /// What a calm needs done, and could not be taken yet.
    var waiting: [Request] = []

    init(services: Int) { names = Array((["a", "b", "c", "d"] as [ServiceName]).prefix(services)) }

    /// Nobody is answered any more.
    mutating func controlPlaneDied() {
        for id in asked.keys.sorted(by: { $0.rawValue < $1.rawValue }) { refused(id) }
    }

    /// It was not taken, or nobody knows.
    mutating func refused(_ id: RequestID) {
        if let request = asked.removeValue(forKey: id)?.request { waiting.append(request) }
    }
}
