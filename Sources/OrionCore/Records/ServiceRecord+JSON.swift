extension ServiceRecord {
    /// The record as one object: the specification's members and the status's, the specification's bytes spliced in.
    public func json() -> [UInt8] {
        let rest = OrionJSON.encode(status)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(specification.json.count + rest.count)
        // Neither is empty: the one has a name, the other an id.
        bytes += specification.json.dropLast()
        bytes.append(UInt8(ascii: ","))
        bytes += rest.dropFirst()
        return bytes
    }
}

extension ServiceRecord: JSONReadable {
    /// Reads the object that `json()` writes.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> ServiceRecord? {
        let specification = ServiceSpecification.read(value, by: reader)
        let status = ServiceStatus.read(value, by: reader)
        guard let specification, let status else { return nil }
        return ServiceRecord(specification: SharedSpecification(specification), status: status)
    }
}
