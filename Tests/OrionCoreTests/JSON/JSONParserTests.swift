import OrionCore
import Testing

@Suite struct JSONParserTests {
    private static let accepted: [(String, JSONValue)] = [
        ("null", JSONValue.null), (" \t\r\n true ", .bool(true)), ("false", .bool(false)), ("0", .integer(0)),
        ("-0", .integer(0)), ("7", .integer(7)), ("-17", .integer(-17)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .number(0x1p63)),
        ("-9223372036854775809", .number(-0x1p63)), ("18446744073709551616", .number(0x1p64)),
        ("0.1", .number(0.1)), ("-0.0", .number(0)), ("1.0", .number(1)), ("1e0", .number(1)), ("1E+2", .number(100)),
        ("123e-2", .number(1.23)), ("0e5", .number(0)), ("1e22", .number(1e22)), ("1e23", .number(1e23)),
        ("1.7976931348623157e308", .number(.greatestFiniteMagnitude)), ("5e-324", .number(.leastNonzeroMagnitude)),
        ("1e-400", .number(0)), ("-1e-999999999999999999999", .number(0)),
        ("9007199254740993.0", .number(9_007_199_254_740_992)),
        ("0.30000000000000004", .number(0.300_000_000_000_000_04)),
        ("3.141592653589793238462643383279", .number(3.141592653589793)),
        (#""""#, .string("")), (#""a\"\\\/\b\f\n\r\t""#, .string("a\"\\/\u{8}\u{c}\n\r\t")),
        (#""\u0000\u00e9\u20AC""#, .string("\0é€")), (#""\ud83d\ude00""#, .string("😀")),
        (#""\uDBFF\uDFFF""#, .string("\u{10FFFF}")),
        (#""é€😀""#, .string("é€😀")), ("\"\u{7f}\"", .string("\u{7f}")),
        ("\"\u{2028}\u{feff}\"", .string("\u{2028}\u{feff}")),
        ("[]", .array([])), ("[ ]", .array([])), ("[1 , 2]", .array([.integer(1), .integer(2)])), ("{}", .object([:])),
        (#"{"a":1,"":{"b":[]}}"#, .object(["a": .integer(1), "": .object(["b": .array([])])])),
        (#"{ "\u0061" : null }"#, .object(["a": .null])),
    ]

    @Test(arguments: accepted) func accepts(_ text: String, _ value: JSONValue) throws {
        #expect(try OrionJSON.parse(Array(text.utf8)) == value)
    }

    @Test(arguments: [
        "", " ", "\u{feff}1", "nul", "nulll", "True", "TRUE", "NaN", "Infinity", "-Infinity", "undefined", "'a'",
        "-", "+1", "01", "-01", "00", ".5", "-.5", "1.", "1.e2", "1e", "1e+", "1E-", "0x1", "1_000", "1,5", "2.3.4",
        "--1",
        "1e400", "-1e400", "123456789e308",
        #"""#, #""a"#, #""\""#, #""\a""#, #""\x41""#, #""\u12""#, #""\u12g4""#, #""\U0041""#, #""\ud800""#,
        #""\udc00""#, #""\ud800\ud800""#, #""\ud800x""#, #""\ud800\n""#, "\"\n\"", "\"\t\"", "\"\0\"", "\"\u{1f}\"",
        "[", "]", "[1", "[1,", "[,1]", "[1,,2]", "[1,]", "[1 2]", "[1]]", "[1}", "[\"a\":1]",
        "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\",1}", "{a:1}", "{1:1}",
        "{\"a\":1 \"b\":2}", "{\"a\"::1}", "{\"a\":1}}", "{\"a\":1]", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}",
        "1 2", "{} {}", "[] x", "// c\n1", "/* c */ 1", "1 # c", "\u{b}1", "\u{a0}1", "\u{2028}1", "*", "<html>",
    ])
    func refuses(_ text: String) {
        #expect { try OrionJSON.parse(Array(text.utf8)) } throws: { ($0 as? OrionError)?.code == .malformed }
    }

    /// Bytes that are no UTF-8 by RFC 3629, as a string's content.
    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0xAF], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xE2, 0x82],
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0xF0, 0x9F, 0x98], [0x61, 0xE2, 0x28, 0xA1],
        ] as [[UInt8]])
    func refusesWhatIsNoUTF8(_ bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(throws: OrionError.self) { try OrionJSON.parse([quote] + bytes + [quote]) }
        #expect(throws: OrionError.self) { try OrionJSON.parse(Array(#"{""#.utf8) + bytes + Array(#"":1}"#.utf8)) }
        #expect(throws: OrionError.self) { try OrionJSON.parse(Array(#""\n"#.utf8) + bytes + [quote]) }
        #expect(throws: OrionError.self) { try OrionJSON.parse(bytes) }
    }

    @Test func nestsToItsLimitAndNoDeeper() throws {
        func nested(_ depth: Int, _ open: String, _ close: String) -> [UInt8] {
            Array((String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)).utf8)
        }
        _ = try OrionJSON.parse(nested(64, "[", "]"))
        _ = try OrionJSON.parse(nested(64, "{\"a\":", "}"))
        #expect(throws: OrionError.self) { try OrionJSON.parse(nested(65, "[", "]")) }
        #expect(throws: OrionError.self) { try OrionJSON.parse(nested(65, "{\"a\":", "}")) }
        #expect(throws: OrionError.self) { try OrionJSON.parse(nested(1_000_000, "[", "]")) }
    }

    @Test func numbersHaveALengthLimit() throws {
        let zeros = String(repeating: "0", count: 1022)
        #expect(try OrionJSON.parse(Array("1.\(zeros)".utf8)) == .number(1))
        #expect(throws: OrionError.self) { try OrionJSON.parse(Array("1.\(zeros)0".utf8)) }
    }

    /// Digits are read eight at a time, wherever those begin and whatever is behind them.
    @Test(arguments: 1...26)
    func everyDigitCounts(count: Int) throws {
        for first in 1...9 {
            let digits = String((0..<count).map { Character("\((first + $0 * 7) % 10)") })
            for text in [digits, "-" + digits] where !digits.hasPrefix("0") {
                let expected = Int64(text).map(JSONValue.integer) ?? Double(text).map(JSONValue.number)
                #expect(try OrionJSON.parse(Array(text.utf8)) == expected)
                #expect(try OrionJSON.parse(Array("[\(text),1]".utf8)) == .array([expected ?? .null, .integer(1)]))
            }
            let fraction = "0.\(digits)"
            #expect(try OrionJSON.parse(Array(fraction.utf8)) == .number(Double(fraction) ?? 0))
        }
    }

    /// Those beside the digits in ASCII, the same with the highest bit, and what is none by one bit.
    @Test(arguments: [0x00, 0x2F, 0x3A, 0x3F, 0x40, 0x70, 0x10, 0xAF, 0xB0, 0xB9, 0xFF] as [UInt8])
    func noOtherByteIsADigit(byte: UInt8) {
        for position in 0..<16 {
            var text = Array("1234567812345678".utf8)
            text[position] = byte
            #expect(throws: OrionError.self) { try OrionJSON.parse(text) }
        }
    }

    @Test func errorsSayWhere() throws {
        let text = "{\n  \"é\": 1,\n  \"b\": tru\n}"
        let error = try #require(throws: OrionError.self) { try OrionJSON.parse(Array(text.utf8)) }
        #expect(error.message == "not JSON: line 3, column 11: the character U+000A stands where `true` should go on")
        let twice = try #require(throws: OrionError.self) { try OrionJSON.parse(Array("{\"é\":1,\n \"é\":2}".utf8)) }
        #expect(twice.message.contains("line 2, column 2"))
        #expect(twice.message.contains("twice"))
    }

    /// Every prefix of a text is refused without a trap.
    @Test func everyPrefixIsRefused() throws {
        let text = Array(#"{"a":[1,-2.5e+3,true,null,"x\n\u00e9\ud83d\ude00é"],"b":{"c":{}}}"#.utf8)
        _ = try OrionJSON.parse(text)
        for length in 0..<text.count {
            #expect(throws: OrionError.self) { try OrionJSON.parse(Array(text[..<length])) }
        }
    }
}
