import ArgumentParser

/// A time as people write it: `90`, `90s`, `2m`, `1h30m`.
struct WaitingTime: ExpressibleByArgument, Hashable {
    var seconds: Int

    init(seconds: Int) { self.seconds = seconds }

    init?(argument: String) {
        var total = 0
        var digits = ""
        var lastUnit = Int.max
        for character in argument {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            guard let unit = ["h": 3600, "m": 60, "s": 1][character], unit < lastUnit, let number = Int(digits),
                number <= 1_000_000
            else { return nil }
            total += number * unit
            lastUnit = unit
            digits = ""
        }
        if !digits.isEmpty {
            guard lastUnit == Int.max, let number = Int(digits), number <= 1_000_000_000 else { return nil }
            total = number
        }
        guard !argument.isEmpty else { return nil }
        seconds = total
    }
}
