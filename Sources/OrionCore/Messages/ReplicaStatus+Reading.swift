extension ReplicaPhase: JSONReadable {}

extension ReplicaStatus: JSONReadable {
    /// Reads the payload of a `status`, or an entry of `hello.replicas`. Numbers that nothing counts up to are refused, so
    /// that nobody has to fear adding to one.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> ReplicaStatus? {
        var status: ReplicaStatus?
        let isObject = reader.members(of: value) { fields in
            let service = fields.required("service", ServiceName.self)
            let replicaId = fields.required("replicaId", ReplicaID.self)
            let state = fields.required("state", ReplicaPhase.self)
            var result = ReplicaStatus(service: service ?? "", replicaId: replicaId ?? "", state: state ?? .pending)
            result.generation = fields.count("generation")
            result.restarts = fields.count("restarts")
            fields.read("startedAt", into: &result.startedAt)
            fields.with("ports") { result.ports = PortNumbers.read($0, by: reader)?.ports }
            fields.with("exitCode") { result.exitCode = Int32.read($0, by: reader).map(Int.init) }
            fields.read("signal", into: &result.signal)
            fields.read("message", into: &result.message)
            fields.read("lastLines", into: &result.lastLines)
            status = result
        }
        return isObject ? status : nil
    }

    /// Whether it is a status in every way, but with a state that this version does not know.
    static func hasUnknownState(_ value: JSONValue) -> Bool {
        guard case .object(let members) = value, case .string(let state)? = members["state"] else { return false }
        return ReplicaPhase(rawValue: state) == nil
    }
}

extension JSONFields {
    /// A number of things that happen one at a time: from 0 to 2³¹ − 1.
    mutating func count(_ name: String) -> Int? {
        var result: Int?
        let reader = reader
        with(name) { result = reader.count($0) }
        return result
    }
}

extension JSONReader {
    /// What nothing that happens one at a time counts beyond.
    static let counts = 0...Int(Int32.max)

    /// A number of things that happen one at a time: from 0 to 2³¹ − 1.
    func count(_ value: JSONValue) -> Int? {
        guard let number = Int.read(value, by: self) else { return nil }
        guard Self.counts.contains(number) else {
            return refuse("must be from 0 to \(Int32.max), not \(number)")
        }
        return number
    }
}

extension Int32: JSONReadable {
    /// Takes whole numbers of 32 bits.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Int32? {
        guard let number = Int.read(value, by: reader) else { return nil }
        return Int32(exactly: number) ?? reader.refuse("must be a number of 32 bits, not \(number)")
    }
}

/// Port numbers by name.
private struct PortNumbers: JSONReadable {
    let ports: [String: Int]

    static func read(_ value: JSONValue, by reader: JSONReader) -> PortNumbers? {
        guard let ports = [String: Int].read(value, by: reader) else { return nil }
        for (name, number) in ports where !(0...65535).contains(number) {
            return reader.within(.key(name)) { reader.refuse("must be from 0 to 65535, not \(number)") }
        }
        return PortNumbers(ports: ports)
    }
}
