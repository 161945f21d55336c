/// What was measured of each server, round by round.
struct Laps {
    struct Lap {
        /// Requests per second.
        var rate: Double
        /// CPU time of the server for one.
        var microseconds: Double
    }

    let names: [String]
    private var laps: [String: [Lap]] = [:]

    init(names: [String]) { self.names = names }

    mutating func append(_ lap: Lap, of name: String) { laps[name, default: []].append(lap) }

    /// Two rows for each server.
    func results(_ what: String) -> [Result] {
        names.flatMap { name in
            [
                Result(name: "\(what): \(name), requests", unit: "/s", values: laps[name, default: []].map(\.rate)),
                Result(
                    name: "\(what): \(name), CPU for one", unit: "µs",
                    values: laps[name, default: []].map(\.microseconds)),
            ]
        }
    }

    /// What the first takes or gives for one of another, in each round; no row where that one is not there.
    func ratio(
        _ name: String, to other: String, unit: String, aim: Double, _ value: (Lap) -> Double
    ) -> [Result] {
        guard let subject = names.first.flatMap({ laps[$0] }), let other = laps[other] else { return [] }
        return [Result(name: name, unit: unit, values: zip(subject, other).map { value($0) / value($1) }, aim: aim)]
    }
}
