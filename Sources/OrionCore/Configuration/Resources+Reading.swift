extension Resources: JSONReadable {
    /// Reads `{cpu, memory}`.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Resources? {
        var resources = Resources()
        let isObject = reader.members(of: value) { fields in
            fields.read("cpu", into: &resources.cpu, in: Limits.cores)
            fields.read("memory", into: &resources.memory, in: Limits.memory)
        }
        return isObject ? resources : nil
    }
}

extension Capacity: JSONReadable {
    /// Reads `{cpu, memory}`.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Capacity? {
        var capacity = Capacity()
        let isObject = reader.members(of: value) { fields in
            fields.read("cpu", into: &capacity.cpu, in: Limits.cores)
            fields.read("memory", into: &capacity.memory, in: Limits.memory)
        }
        return isObject ? capacity : nil
    }
}
