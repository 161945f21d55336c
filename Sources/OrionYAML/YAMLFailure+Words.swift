extension YAMLFailure {
    /// What to do about the problems that the parser finds most often; its own words name tokens, not mistakes.
    private static let words: [String: String] = [
        "mapping values are not allowed in this context":
            "a `:` makes a key of a text that cannot be one: quote the text, or check the indentation",
        "did not find expected key":
            "this stands neither in the column of the mapping above nor deeper: check the indentation, and for a quote too many",
        "did not find expected '-' indicator":
            "every element of a list begins with `-` in the same column: check the indentation",
        "could not find expected ':'": "a key has no `:` after it, or a quote before it is not closed",
        "did not find expected ',' or ']'": "a `,` or the closing `]` is missing before this",
        "did not find expected ',' or '}'": "a `,` or the closing `}` is missing before this",
        "block sequence entries are not allowed in this context":
            "a list begins on the line of its key: put each `- ` on a line of its own",
        "found character that cannot start any token": "a text cannot begin with this character: quote it",
        "found unexpected end of stream": "a quote that was opened is not closed before the end",
        "did not find expected <document start>":
            "this does not belong to the document before it: check the indentation",
        "Maximum nesting level reached, set with yaml_set_max_nest_level())": "it is nested too deeply",
        "found undefined alias": "the alias has no anchor (`&name`) before it",
    ]

    /// A problem in words of ours where there are any.
    static func words(for problem: String) -> String { words[problem] ?? problem }
}
