public import OrionCore
internal import Yams

/// YAML as Orion reads and writes it: one document of YAML 1.2 with the core schema, taken as the JSON that it stands for.
public enum OrionYAML {
    /// Bytes of a document: as much as `POST /api/apply` takes.
    public static let maximumBytes = 16 * 1024 * 1024

    /// Parses a configuration, with the same issues at the same paths as from JSON. What is no YAML throws `.malformed`.
    public static func parse(yaml: [UInt8]) throws(OrionError) -> ParsedConfiguration {
        let (value, root) = try document(yaml: yaml)
        do throws(OrionError) {
            return try OrionConfig.parse(value)
        } catch {
            // Once more, for advice with the words of the document: `0123`, where the value is 123.
            return try OrionConfig.parse(value, texts: YAMLTexts(of: error.issues.map(\.path), in: root).texts)
        }
    }

    /// The JSON that a document stands for: anchors, aliases and merge keys resolved, quoted scalars strings. What is no
    /// YAML, is empty, or holds several documents throws `.malformed` with line and column.
    public static func value(yaml: [UInt8]) throws(OrionError) -> JSONValue { try document(yaml: yaml).value }

    private static func document(yaml: [UInt8]) throws(OrionError) -> (value: JSONValue, root: Node) {
        guard yaml.count <= maximumBytes else {
            throw OrionError(.tooLarge, "the document has \(yaml.count) bytes; at most \(maximumBytes) are taken")
        }
        // A byte order mark may stand before a document (YAML 1.2, 5.2); the parser takes it for a part of the first key.
        let bytes = yaml.starts(with: [0xEF, 0xBB, 0xBF]) ? yaml.dropFirst(3) : yaml[...]
        guard let text = String(validating: bytes, as: UTF8.self) else { throw YAMLFailure.make("it is not UTF-8") }
        let survey = YAMLSurvey(yaml)
        guard !survey.isTooDense else {
            throw YAMLFailure.make("it has millions of keys and values: split it, or send it as JSON")
        }
        guard !survey.hasExcessiveKeys else {
            throw YAMLFailure.make("its keys are built from aliases of aliases: write them out")
        }
        guard let root = try root(of: text) else { throw YAMLFailure.empty }
        var conversion = YAMLConversion(survey, textBytes: yaml.count)
        let value = try conversion.value(of: root, depth: 0)
        guard value != .null else { throw YAMLFailure.empty }
        return (value, root)
    }

    private static func root(of text: String) throws(OrionError) -> Node? {
        do {
            // The conversion knows the schema; a resolver would try its regular expressions on every scalar.
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            let root = try parser.nextRoot()
            if root != nil, let second = try parser.nextRoot() {
                throw YAMLFailure.make(
                    "a second document begins here: put everything into one, or apply them one by one", at: second.mark)
            }
            return root
        } catch let error as OrionError {
            throw error
        } catch {
            if case .duplicatedKeysInMapping? = error as? YamlError, let failure = YAMLDuplicates.failure(in: text) {
                throw failure
            }
            throw YAMLFailure.make(error, in: text)
        }
    }
}
