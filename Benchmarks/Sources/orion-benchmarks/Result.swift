/// What was measured of one thing, and what it is held against.
struct Result: Encodable {
    /// What was measured.
    var name: String
    /// `s`, `MiB`, `%` and the like; `/s` of a rate, `of …` of a share.
    var unit: String
    /// Each measurement, in the order taken.
    var values: [Double]
    /// What it should be under; a rate or a share, over.
    var aim: Double?
    /// What Docker Swarm takes on the same kind of machine.
    var swarm: Double?

    /// Whether more of it is better.
    var isMoreBetter: Bool { unit.hasSuffix("/s") || unit.hasPrefix("of ") }

    /// The middle one, or the mean of the middle two.
    var median: Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    private enum CodingKeys: CodingKey { case name, unit, median, values, aim, swarm }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(unit, forKey: .unit)
        try container.encode(median, forKey: .median)
        try container.encode(values, forKey: .values)
        try container.encodeIfPresent(aim, forKey: .aim)
        try container.encodeIfPresent(swarm, forKey: .swarm)
    }
}
