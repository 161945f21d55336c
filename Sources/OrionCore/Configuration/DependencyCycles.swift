/// Services that depend on each other in a circle.
struct DependencyCycles {
    /// One circle.
    struct Cycle {
        /// The index of the service that the circle is noted at: the first of it in the document.
        let service: Int
        /// The names along it, the first one again at the end.
        let names: [ServiceName]

        /// The circle as a message shows it; of a long one its two ends.
        var text: String {
            let names = names.map(\.rawValue)
            let shown = names.count <= 12 ? names : names.prefix(6) + ["…"] + names.suffix(5)
            return shown.joined(separator: " → ")
        }
    }

    /// One circle for each dependency that closes one, in time linear in services and dependencies. A service that names
    /// itself is left to its own check, and so is a name that no service of the document has.
    static func find(in services: [ServiceSpecification]) -> [Cycle] {
        var walk = DependencyCycles(services)
        for service in services.indices { walk.visit(from: service) }
        return walk.cycles
    }

    /// Circles that are shown of a document.
    private static let maximumCycles = 20

    private enum Mark { case new, open, done }

    private let names: [ServiceName]
    private let edges: [[Int]]
    private var marks: [Mark]
    private var cycles: [Cycle] = []

    private init(_ services: [ServiceSpecification]) {
        let indices = Dictionary(services.enumerated().map { ($1.name, $0) }) { first, _ in first }
        names = services.map(\.name)
        marks = Array(repeating: .new, count: services.count)
        edges = services.enumerated().map { index, service in
            service.dependencies.compactMap { indices[$0] }.filter { $0 != index }
        }
    }

    /// Depth first, on a stack of its own: a chain may be as long as the document.
    private mutating func visit(from root: Int) {
        guard marks[root] == .new else { return }
        var path = [(service: root, next: 0)]
        marks[root] = .open
        while let (service, next) = path.last {
            guard next < edges[service].count else {
                marks[service] = .done
                path.removeLast()
                continue
            }
            path[path.count - 1].next += 1
            let dependency = edges[service][next]
            switch marks[dependency] {
            case .done: break
            case .new:
                marks[dependency] = .open
                path.append((dependency, 0))
            case .open:
                // Circles beyond what is shown of a document would only cost: each may be as long as the path.
                guard cycles.count < Self.maximumCycles else { return }
                note(path.map(\.service), closedBy: dependency)
            }
        }
    }

    private mutating func note(_ path: [Int], closedBy dependency: Int) {
        guard let start = path.firstIndex(of: dependency) else { return }
        let circle = path[start...]
        guard let first = circle.min(), let offset = circle.firstIndex(of: first) else { return }
        let turned = circle[offset...] + circle[..<offset] + [first]
        cycles.append(Cycle(service: first, names: turned.map { names[$0] }))
    }
}
