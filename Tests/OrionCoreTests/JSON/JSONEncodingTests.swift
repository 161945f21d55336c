import FoundationEssentials
import JSONInputs
import OrionCore
import Testing

@Suite struct JSONEncodingTests {
    private static let numbers: [(Double, String)] = [
        (0.0, "0"), (-0.0, "0"), (1, "1"), (-7, "-7"), (0.1, "0.1"), (1e15, "1000000000000000"), (1e22, "1e+22"),
        (.leastNonzeroMagnitude, "5e-324"), (.nan, "0"), (.infinity, "0"), (-.infinity, "0"),
        (0x1p53, "9007199254740992.0"), (-0x1p53, "-9007199254740992.0"), (0x1p53 - 1, "9007199254740991"),
        (1 - 0x1p53, "-9007199254740991"), (0x1p63, "9.223372036854776e+18"), (-0x1p63, "-9.223372036854776e+18"),
    ]

    private func text(_ value: some Encodable) -> String { String(decoding: OrionJSON.encode(value), as: UTF8.self) }

    @Test func keysAreSortedAtEveryLevel() {
        struct Inner: Encodable { let z = 1, a = [2, 3] }
        struct Outer: Encodable { let y = Inner(), b = ["q": 1, "p": 2], a: Int? = nil, empty = Empty() }
        struct Empty: Encodable {}
        #expect(text(Outer()) == #"{"b":{"p":2,"q":1},"empty":{},"y":{"a":[2,3],"z":1}}"#)
    }

    @Test(arguments: numbers)
    func everyNumberHasJSON(_ number: Double, _ expected: String) {
        #expect(text(number) == expected)
        #expect(text(JSONValue.number(number)) == expected)
        #expect(text(["x": number]) == #"{"x":\#(expected)}"#)
    }

    /// Those with two decimals at most are written another way than the rest, and whole ones two digits at a time: as Swift
    /// writes them all the same.
    @Test func numbersAreWrittenAsSwiftDoes() {
        var random = SplitMix(state: 7)
        func check(_ number: Double) {
            let isWhole = Int64(exactly: number).map { $0.magnitude < 1 << 53 } ?? false
            #expect(text(number) == (isWhole ? String(Int64(number)) : number.description))
        }
        for bits in 0..<64 {
            for _ in 0..<100 {
                let whole = Int64(bitPattern: random.next() >> UInt64(bits))
                #expect(text(whole) == String(whole))
                let hundredths = Double(whole) / 100
                for number in [hundredths, -hundredths, hundredths.nextUp, hundredths.nextDown, hundredths / 10] {
                    check(number)
                }
            }
        }
        for number in -20_000...20_000 { check(Double(number) / 100) }
    }

    @Test func stringsAreEscapedNoMoreThanNeeded() {
        #expect(
            text("a/b\"\\\u{8}\u{c}\n\r\t\u{1}\u{1f}\u{7f}é😀\u{2028}") == #""a/b\"\\\b\f\n\r\t\u0001\u001f"#
                + "\u{7f}é😀\u{2028}\"")
    }

    /// Whatever a conformance asks its encoder for.
    @Test func everyKindOfContainerIsWritten() throws {
        let value = EveryContainer()
        #expect(try OrionJSON.parse(OrionJSON.encode(value)) == OrionJSON.parse(Array(JSONEncoder().encode(value))))
    }
}

private struct EveryContainer: Encodable {
    enum Key: String, CodingKey { case z, nested, list, base, a, numbers, small, none }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode("last", forKey: .z)
        var nested = container.nestedContainer(keyedBy: Key.self, forKey: .nested)
        try nested.encode(true, forKey: .z)
        try nested.encode(UInt64.max, forKey: .a)
        var list = container.nestedUnkeyedContainer(forKey: .list)
        try list.encode(1)
        try list.encodeNil()
        var inner = list.nestedContainer(keyedBy: Key.self)
        try inner.encode(Float(0.5), forKey: .a)
        var innerList = list.nestedUnkeyedContainer()
        try innerList.encode("x")
        try list.encode(["k": [Int8.min]])
        var single = list.superEncoder().singleValueContainer()
        try single.encode("super")
        try ["b": 1, "a": 2].encode(to: container.superEncoder(forKey: .base))
        try container.encodeNil(forKey: .none)
        try container.encode([1: "one"], forKey: .numbers)
        try container.encode(Int16(-3), forKey: .small)
        try container.encode([[String: Int]](), forKey: .a)
    }
}
