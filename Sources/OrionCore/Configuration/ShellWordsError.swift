/// A command line whose words cannot be told apart.
package struct ShellWordsError: Error, Hashable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        case unterminatedSingleQuote, unterminatedDoubleQuote, danglingBackslash
    }

    package let kind: Kind
    /// The character, counted from 0, of the quote or backslash that nothing follows.
    package let position: Int

    /// What the command has or does, to stand behind its name.
    package var message: String {
        switch kind {
        case .unterminatedSingleQuote: "has a single quote at character \(position + 1) that is never closed"
        case .unterminatedDoubleQuote: "has a double quote at character \(position + 1) that is never closed"
        case .danglingBackslash: "ends in a backslash, which quotes nothing"
        }
    }

    package var description: String { message }
}
