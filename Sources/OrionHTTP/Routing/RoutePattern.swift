/// A pattern such as `/api/services/{name}/history/{generation:int}`.
struct RoutePattern: Sendable, Equatable {
    enum Segment: Sendable, Equatable {
        case literal(String)
        case parameter(name: String, kind: ParameterKind)
    }

    /// What a parameter takes; a segment that does not fit is not matched.
    enum ParameterKind: Sendable, Equatable {
        /// Any segment but an empty one.
        case text
        /// An integer that fits in 64 bits, in its usual spelling.
        case integer

        func takes(_ segment: String) -> Bool {
            switch self {
            case .text: !segment.isEmpty
            case .integer: Int64(segment).map { String($0) == segment } ?? false
            }
        }
    }

    let segments: [Segment]

    /// A pattern is part of the program, so that a wrong one is a bug: this traps on it.
    init(_ text: String) {
        precondition(text.hasPrefix("/"), "a route's pattern must begin with /: \(text)")
        segments = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { segment in
            guard segment.hasPrefix("{") else {
                precondition(!segment.contains("{") && !segment.contains("}"), "{…} must be a whole segment: \(text)")
                return .literal(String(segment))
            }
            precondition(segment.hasSuffix("}"), "{…} must be a whole segment: \(text)")
            let parts = segment.dropFirst().dropLast().split(separator: ":", omittingEmptySubsequences: false)
            precondition(parts.first?.isEmpty == false && parts.count <= 2, "a parameter must have a name: \(text)")
            let name = String(parts[0])
            guard parts.count == 2 else { return .parameter(name: name, kind: .text) }
            precondition(parts[1] == "int", "a parameter is {name} or {name:int}: \(text)")
            return .parameter(name: name, kind: .integer)
        }
    }
}
