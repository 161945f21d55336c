import OrionCore

/// Everything measured, as a table in Markdown and as JSON.
struct Report: Encodable {
    var machine: Machine
    var results: [Result]

    /// The table that Docs/performance.md holds.
    var table: String {
        var lines = [
            "| measured | median | least | most | runs | aim | Docker Swarm |",
            "|---|---:|---:|---:|---:|---:|---:|",
        ]
        for result in results {
            let cells = [
                result.name, text(result.median, result.unit), text(result.values.min(), result.unit),
                text(result.values.max(), result.unit), "\(result.values.count)",
                result.aim.map { (result.isMoreBetter ? "> " : "< ") + short($0) + " " + result.unit } ?? "",
                result.swarm.map { short($0) + " " + result.unit } ?? "",
            ]
            lines.append("| " + cells.joined(separator: " | ") + " |")
        }
        return "\n" + lines.joined(separator: "\n") + "\n"
    }

    func write(to path: String) throws {
        try TextFile.write(String(decoding: OrionJSON.encode(self), as: UTF8.self) + "\n", to: path)
    }

    private func text(_ value: Double?, _ unit: String) -> String {
        guard let value, value.isFinite else { return "not measured" }
        if unit.hasSuffix("/s") { return "\(Int(value.rounded())) " + unit }
        return decimal(value, places: unit == "MiB" ? 1 : 3) + " " + unit
    }

    private func short(_ value: Double) -> String {
        value.rounded() == value ? String(Int(value)) : String(value)
    }

    private func decimal(_ value: Double, places: Int) -> String {
        let scale = places == 1 ? 10.0 : 1000.0
        let whole = Int((value * scale).rounded())
        let fraction = String(whole % Int(scale))
        return "\(whole / Int(scale))." + String(repeating: "0", count: places - fraction.count) + fraction
    }
}

/// What kept a measurement from being made.
struct BenchmarkError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
