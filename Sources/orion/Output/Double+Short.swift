extension Double {
    /// `2`, `0.5`, `0.25`; of a hundred and more, only the whole.
    var short: String {
        guard magnitude < 1e15 else { return String(self) }
        let hundredths = magnitude < 100 ? Int((self * 100).rounded()) : Int(rounded()) * 100
        if hundredths % 100 == 0 { return String(hundredths / 100) }
        let digits = abs(hundredths % 100)
        let fraction = digits % 10 == 0 ? "\(digits / 10)" : digits < 10 ? "0\(digits)" : "\(digits)"
        return "\(hundredths / 100).\(fraction)"
    }
}
