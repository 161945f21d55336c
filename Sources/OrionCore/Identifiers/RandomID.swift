/// Ids that nobody else has: of a cluster, of a node, of an agent's start.
public enum RandomID {
    /// 128 random bits as 32 hexadecimal digits.
    public static func draw() -> String {
        var generator = SystemRandomNumberGenerator()
        let digits = Array("0123456789abcdef")
        return String((0..<32).map { _ in digits[Int.random(in: digits.indices, using: &generator)] })
    }
}
