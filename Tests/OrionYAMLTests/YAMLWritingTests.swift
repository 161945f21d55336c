import OrionCore
import OrionYAML
import Testing

@Suite struct YAMLWritingTests {
    @Test func isBlockStyleInOrder() {
        let value = JSONValue.object([
            "name": .string("web"), "replicas": .integer(3), "env": .object([:]), "cpu": .number(0.5), "none": .null,
            "ports": .array([
                .object(["name": .string("http"), "port": .integer(4000)]), .object(["name": .string("b")]),
            ]),
            "command": .array([.string("sh"), .string("-c"), .string("a: b"), .array([.bool(true)]), .array([])]),
        ])
        #expect(
            OrionYAML.text(of: value) == """
                command:
                  - sh
                  - "-c"
                  - "a: b"
                  - - true
                  - []
                cpu: 0.5
                env: {}
                name: web
                none: null
                ports:
                  - name: http
                    port: 4000
                  - name: b
                replicas: 3

                """)
    }

    @Test(arguments: [
        "", " ", "a ", "yes", "No", "null", "~", "true", "0", "1.5", "0x1F", "-", "- a", "a: b", "a #b", "#", "'", "\"",
        "\\", "{", "[", "*a", "&a",
        "!a", "|", ">", "%", "@", "`", "?", ":", "<<", "=", "\n", "a\nb", "\t", "\0", "\u{7f}", "\u{85}", "\u{a0}",
        "\u{2028}", "a\u{feff}", "\u{fffe}",
        "é", "😀", "---", "...", "/usr/bin", "a,b", "a]", "2024-01-01", ".inf", "web", "web-1.example", "x@y", "12:30",
        "a%b", "_x",
    ])
    func anyStringReadsBack(_ text: String) throws {
        let value = JSONValue.object([text: .string(text), "list": .array([.string(text), .object([text: .null])])])
        #expect(
            try OrionYAML.value(yaml: Array(OrionYAML.text(of: value).utf8)) == value, "\(OrionYAML.text(of: value))")
    }

    @Test func scalarsAndEmptyOnesReadBack() throws {
        let values: [JSONValue] = [.bool(true), .integer(.min), .number(1e300), .string("x"), .array([]), .object([:])]
        for value in values { #expect(try OrionYAML.value(yaml: Array(OrionYAML.text(of: value).utf8)) == value) }
    }
}
