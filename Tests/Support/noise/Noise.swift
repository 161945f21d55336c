import Glibc

/// Random changes to bytes, from a seed that a failing test prints and `ORION_TEST_SEED` takes back.
package struct Noise: RandomNumberGenerator {
    package let seed: UInt64
    private var state: UInt64

    package init() {
        seed = getenv("ORION_TEST_SEED").flatMap { UInt64(String(cString: $0)) } ?? .random(in: .min ... .max)
        state = seed
    }

    /// SplitMix64.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// 0 to `bound` − 1; 0 where there is none.
    package mutating func number(below bound: Int) -> Int {
        Int.random(in: 0..<max(1, bound), using: &self)
    }

    package mutating func element<Element>(of elements: [Element]) -> Element {
        elements[number(below: elements.count)]
    }

    /// A few bytes changed, put in, taken out or doubled.
    package mutating func mutated(_ original: [UInt8]) -> [UInt8] {
        var bytes = Array(original.prefix(2000))
        for _ in 0...number(below: 4) {
            let place = number(below: bytes.count)
            switch number(below: 4) {
            case 1 where !bytes.isEmpty: bytes[place] = UInt8(number(below: 256))
            case 2 where !bytes.isEmpty: bytes.remove(at: place)
            case 3: bytes.insert(contentsOf: bytes.prefix(number(below: bytes.count)), at: place)
            default: bytes.insert(UInt8(number(below: 256)), at: place)
            }
        }
        return bytes
    }

    package mutating func mutated(_ text: String) -> [UInt8] {
        mutated(Array(text.utf8))
    }
}
