import OrionCore
import OrionYAML
import Testing

@Suite struct YAMLValueTests {
    private func value(_ text: String) throws -> JSONValue { try OrionYAML.value(yaml: Array(text.utf8)) }

    private static let scalars: [(String, JSONValue)] = [
        ("null", .null), ("~", .null), ("", .null), ("Null", .null), ("nULL", .string("nULL")), ("true", .bool(true)),
        ("False", .bool(false)), ("TRUE", .bool(true)), ("yes", .string("yes")), ("no", .string("no")),
        ("on", .string("on")),
        ("off", .string("off")), ("y", .string("y")), ("0", .integer(0)), ("-7", .integer(-7)), ("+7", .integer(7)),
        ("0755", .integer(755)), ("0o17", .integer(15)), ("0xFf", .integer(255)), ("0b11", .string("0b11")),
        ("0x-1", .string("0x-1")),
        ("1_000", .string("1_000")), ("12:30", .string("12:30")), ("1.5", .number(1.5)), (".5", .number(0.5)),
        ("5.", .number(5)),
        ("-1.5e3", .number(-1500)), ("1e3", .number(1000)), ("1e", .string("1e")), (".", .string(".")),

        ("+", .string("+")), ("1.2.3", .string("1.2.3")), ("9223372036854775807", .integer(.max)),
        ("9223372036854775808", .number(0x1p63)),
        ("2024-01-01", .string("2024-01-01")), ("'7'", .string("7")), ("\"true\"", .string("true")),
        ("''", .string("")),
        ("!!str 7", .string("7")), ("!!int \"7\"", .integer(7)), ("!!float 7", .integer(7)), ("!!null ''", .null),
        ("! 7", .string("7")),
        ("\"\\u00e9\\x41\\n\"", .string("éA\n")), ("a b", .string("a b")), ("é", .string("é")), ("=", .string("=")),
    ]

    @Test(arguments: scalars.indices) func scalarsFollowTheCoreSchema(_ index: Int) throws {
        let (text, expected) = Self.scalars[index]
        #expect(try value("a: \(text)\n") == .object(["a": expected]))
    }

    @Test func collectionsAndBlocks() throws {
        let text = """
            # a comment
            list:
              - 1
              - [a, {b: c}]
              -
                k: v   # another
            literal: |
              one
              two
            folded: >-
              one
              two
            "quoted key": {"json": [true, null]}
            8080: number
            true: word
            """
        #expect(
            try value(text)
                == .object([
                    "list": .array([
                        .integer(1), .array([.string("a"), .object(["b": .string("c")])]), .object(["k": .string("v")]),
                    ]),
                    "literal": .string("one\ntwo\n"), "folded": .string("one two"),
                    "quoted key": .object(["json": .array([.bool(true), .null])]), "8080": .string("number"),
                    "true": .string("word"),
                ]))
    }

    @Test func aliasesAndMergeKeys() throws {
        let text = """
            base: &base {a: 1, b: 2}
            other: &other
              b: 3
              c: 4
            one: {<<: *base, b: 9}
            two:
              <<: [*base, *other]
              d: *other
            quoted: {"<<": 1}
            """
        guard case .object(let members) = try value(text) else { return }
        #expect(members["one"] == .object(["a": .integer(1), "b": .integer(9)]))
        #expect(
            members["two"]
                == .object([
                    "a": .integer(1), "b": .integer(2), "c": .integer(4),
                    "d": .object(["b": .integer(3), "c": .integer(4)]),
                ]))
        #expect(members["quoted"] == .object(["<<": .integer(1)]))
    }

    @Test func aDocumentMayHaveItsMarks() throws {
        #expect(try value("---\na: 1\n...\n") == .object(["a": .integer(1)]))
        #expect(try value("\u{feff}a: 1\r\nb: 2\r\n") == .object(["a": .integer(1), "b": .integer(2)]))
        #expect(try value("%YAML 1.2\n---\na: 1\n") == .object(["a": .integer(1)]))
    }

    private static let refused: [(String, String)] = [
        ("", "empty"), ("\n# nothing\n", "empty"), ("---\n", "empty"), ("~", "empty"),
        ("a: 1\n---\nb: 2\n", "line 3, column 1: a second document"), ("a: 1\na: 2\n", "twice"),
        ("a: 1\n\"a\": 2\n", "twice"),
        ("x:\n  - {b: 1, b: 2}\n", "line 2"), ("a:\n\t- b\n", "line 2, column 1: a tab"),
        ("a: *b\n", "no anchor"),
        ("a: &a [*a]\n", "no anchor"), ("a: [1, 2\n", "line 2"), ("a: 'x\n", "line"), ("a: b: c\n", "line 1"),
        ("a: .inf\n", "no number"),
        ("a: -.INF\n", "no number"), ("a: .nan\n", "no number"), ("a: 1e999\n", "no number"),
        ("a: !!binary aGk=\n", "tag"), ("a: !x b\n", "tag"),
        ("a: !!int b\n", "is no int"), ("a: !!set {b}\n", "tag"), ("? [a]\n: b\n", "plain text"),
        ("{a: b}: c\n", "plain text"), (": b\n", "line 1"), ("?\n: b\n", "no key"),
        ("a: 1\n<<: 2\n", "takes a mapping"), ("a: 1\n<<: [2]\n", "takes a mapping"),
        ("a: \u{1}\n", "does not allow, U+0001"), ("@a: b", "line 1"),
        ("a: \"\\ud800\"\n", "line 1"), ("a: \"\\q\"\n", "line 1"),
    ]

    @Test(arguments: refused.indices) func refuses(_ index: Int) throws {
        let (text, message) = Self.refused[index]
        let error = try #require(throws: OrionError.self, "\(text)") { try value(text) }
        #expect(error.code == .malformed)
        #expect(error.message.contains(message), "\(error.message)")
    }

    @Test func everyKeyThatIsThereTwiceIsFound() throws {
        let text = """
            kind: a
            a: {b: 1, "b": 2, b: 3}
            list: &list
              - c: 1
                'd': 2
                'd': 3
            again: *list
            kind: b
            a: 2
            kind: c
            """
        let error = try #require(throws: OrionError.self) { try value(text) }
        let places = error.issues.map { $0.message.split(separator: " is").first.map(String.init) }
        #expect(
            places == [
                "line 2, column 11: `b`", "line 2, column 19: `b`", "line 6, column 5: `d`", "line 8, column 1: `kind`",
                "line 9, column 1: `a`", "line 10, column 1: `kind`",
            ])
        #expect(error.message.hasSuffix("(the first of 6)"))
    }

    @Test func refusesWhatIsNoUTF8() {
        #expect(throws: OrionError.self) { try OrionYAML.value(yaml: Array("a: ".utf8) + [0xC3, 0x28]) }
        #expect(throws: OrionError.self) { try OrionYAML.value(yaml: [0xFF, 0xFE, 0x61, 0x00]) }
        #expect(throws: OrionError.self) { try value("a: \0") }
    }
}
