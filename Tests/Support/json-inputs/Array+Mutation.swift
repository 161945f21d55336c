extension [UInt8] {
    /// Changes, removes or inserts one byte.
    package mutating func mutate(by random: inout SplitMix) {
        let interesting = Array("{}[],:\"\\0123456789.eE+-tfn ud\n\0".utf8) + [0x80, 0xC3, 0xED, 0xFF]
        guard !isEmpty else { return }
        let position = Int.random(in: 0..<count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: self[position] = interesting[Int.random(in: 0..<interesting.count, using: &random)]
        case 1: remove(at: position)
        default: insert(interesting[Int.random(in: 0..<interesting.count, using: &random)], at: position)
        }
    }
}
