extension OrionConfig.Spec {
    /// Refuses services with one name, and services that wait for each other.
    static func validate(_ services: [(index: Int, element: ServiceSpecification)], by reader: JSONReader) {
        var first: [ServiceName: Int] = [:]
        for (index, service) in services {
            guard let earlier = first[service.name] else {
                first[service.name] = index
                continue
            }
            reader.within(.index(index)) {
                reader.within(.key("name")) {
                    reader.note("\(service.name) is the name of services[\(earlier)] too: each service needs its own")
                }
            }
        }
        for cycle in DependencyCycles.find(in: services.map(\.element)) {
            let service = services[cycle.service]
            reader.within(.index(service.index)) {
                reader.within(.key("dependencies")) {
                    reader.note("the services would wait for each other for ever: \(cycle.text)")
                }
            }
        }
    }

    /// Refuses machines with one name.
    static func validate(_ nodes: [(index: Int, element: OrionConfig.ExpectedNode)], by reader: JSONReader) {
        var names: Set<String> = []
        for (index, node) in nodes where !names.insert(node.name).inserted {
            reader.within(.index(index)) {
                reader.within(.key("name")) {
                    reader.note("\(JSONValue.shown(node.name)) is the name of an earlier node too")
                }
            }
        }
    }
}

extension JSONReader {
    /// Refuses an array that is longer than anyone means; the strict manner alone.
    func has(atMost limit: Int, _ value: JSONValue) -> Bool {
        guard isStrict, case .array(let values) = value, values.count > limit else { return true }
        refuse("must have at most \(limit) elements, not \(values.count)", Never.self)
        return false
    }
}
