import Glibc
import JSONInputs

/// Holds our JSON against Foundation's, and both ways of reading messages against each other, on as many inputs as asked
/// for: `swift run -c release orion-compare-json 10000000 [SEED]`.
@main
struct Program {
    static func main() {
        let numbers = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
        guard let count = numbers.first, numbers.count == CommandLine.arguments.count - 1, numbers.count <= 2 else {
            print("usage: orion-compare-json INPUTS [SEED]")
            exit(64)
        }
        let seed = numbers.dropFirst().first ?? UInt64.random(in: 0...UInt64(UInt32.max))
        var inputs = JSONInputs(seed: seed)
        for number in 0..<count {
            guard let failure = inputs.check() else { continue }
            print("seed \(seed), input \(number): \(failure)")
            exit(1)
        }
        print("seed \(seed): \(count) inputs, none is read otherwise")
        print("\(inputs.takenCount) were taken of those that were changed at random")
    }
}
