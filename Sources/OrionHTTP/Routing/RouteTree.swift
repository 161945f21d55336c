import HTTPTypes

/// The routes by the segments of their patterns: a trie.
///
/// A literal goes before a parameter, an integer before text, and where the first choice leads to nothing the others are
/// tried. The depth is that of the deepest pattern, so that a long path costs no more than its first segments.
struct RouteTree: Sendable {
    struct Match {
        var routes: [Route]
        var parameters: [String: String]
    }

    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var parameters: [(name: String, kind: RoutePattern.ParameterKind, node: Int)] = []
        var routes: [Route] = []
    }

    /// The first is the root.
    private var nodes = [Node()]

    /// Adds a route; two of the same method and pattern are a bug, on which this traps.
    mutating func add(_ route: Route, at pattern: RoutePattern) {
        var node = 0
        for segment in pattern.segments { node = child(of: node, for: segment) }
        precondition(
            !nodes[node].routes.contains { $0.method == route.method }, "\(route.method) \(pattern) stands twice")
        nodes[node].routes.append(route)
    }

    /// The routes of the pattern that the path fits; nil where there is none.
    func match(_ segments: [String]) -> Match? {
        var bound: [(name: String, value: String)] = []
        guard let node = search(from: 0, segments[...], &bound) else { return nil }
        var parameters: [String: String] = [:]
        for (name, value) in bound { parameters[name] = value }
        return Match(routes: nodes[node].routes, parameters: parameters)
    }

    private func search(
        from node: Int, _ segments: ArraySlice<String>, _ bound: inout [(name: String, value: String)]
    ) -> Int? {
        guard let segment = segments.first else { return nodes[node].routes.isEmpty ? nil : node }
        if let next = nodes[node].literals[segment], let found = search(from: next, segments.dropFirst(), &bound) {
            return found
        }
        for (name, kind, next) in nodes[node].parameters where kind.takes(segment) {
            bound.append((name, segment))
            if let found = search(from: next, segments.dropFirst(), &bound) { return found }
            bound.removeLast()
        }
        return nil
    }

    private mutating func child(of node: Int, for segment: RoutePattern.Segment) -> Int {
        switch segment {
        case .literal(let text):
            if let next = nodes[node].literals[text] { return next }
            nodes[node].literals[text] = nodes.count
        case .parameter(let name, let kind):
            if let next = nodes[node].parameters.first(where: { $0.name == name && $0.kind == kind }) {
                return next.node
            }
            nodes[node].parameters.append((name, kind, nodes.count))
            nodes[node].parameters.sort { $0.kind == .integer && $1.kind == .text }
        }
        nodes.append(Node())
        return nodes.count - 1
    }
}
