import HashTreeCollections
import OrionCore

/// Which services depend on each other in a circle, by a document and, for what it does not name, by what is stored.
///
/// Found in one walk (Tarjan, Depth-first search and linear graph algorithms, 1972): linear in the services that can be
/// reached and their dependencies, on a stack of its own.
struct DependencyCircles {
    private struct Mark {
        /// When it was first seen.
        let number: Int
        /// The earliest that is known to be reached from it and to reach it.
        var earliest: Int
        /// Which circle it is of, once that is known; one alone is a circle of its own.
        var circle: Int?
    }

    private struct Stop {
        let name: ServiceName
        let dependencies: [ServiceName]
        var next = 0
    }

    private var marks: [ServiceName: Mark] = [:]
    private var open: [ServiceName] = []
    private var path: [Stop] = []
    private var circles = 0

    /// Walks from `roots` along the dependencies that `dependencies` gives.
    init(from roots: [ServiceName], dependencies: (ServiceName) -> [ServiceName]) {
        for root in roots where marks[root] == nil { visit(root, dependencies) }
    }

    /// Whether each of the two depends on the other.
    func join(_ one: ServiceName, _ other: ServiceName) -> Bool {
        guard let circle = marks[one]?.circle else { return false }
        return circle == marks[other]?.circle
    }

    private mutating func visit(_ root: ServiceName, _ dependencies: (ServiceName) -> [ServiceName]) {
        enter(root, dependencies)
        while let stop = path.last {
            guard stop.next < stop.dependencies.count else {
                leave(stop.name)
                continue
            }
            path[path.count - 1].next += 1
            let dependency = stop.dependencies[stop.next]
            guard let mark = marks[dependency] else {
                enter(dependency, dependencies)
                continue
            }
            if mark.circle == nil { reach(mark.number, from: stop.name) }
        }
    }

    private mutating func enter(_ name: ServiceName, _ dependencies: (ServiceName) -> [ServiceName]) {
        marks[name] = Mark(number: marks.count, earliest: marks.count)
        open.append(name)
        path.append(Stop(name: name, dependencies: dependencies(name)))
    }

    private mutating func leave(_ name: ServiceName) {
        path.removeLast()
        guard let mark = marks[name] else { return }
        if let parent = path.last?.name { reach(mark.earliest, from: parent) }
        guard mark.earliest == mark.number else { return }
        while let member = open.popLast() {
            marks[member]?.circle = circles
            if member == name { break }
        }
        circles += 1
    }

    private mutating func reach(_ number: Int, from name: ServiceName) {
        guard let mark = marks[name], number < mark.earliest else { return }
        marks[name]?.earliest = number
    }
}
