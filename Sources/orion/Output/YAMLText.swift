import OrionCore
import OrionYAML

/// YAML for people; several documents are parted by `---`.
enum YAMLText {
    static func document(_ value: JSONValue, isFirst: Bool) -> String {
        let text = OrionYAML.text(of: value)
        return (isFirst ? "" : "---\n") + (text.hasSuffix("\n") ? text : text + "\n")
    }
}
