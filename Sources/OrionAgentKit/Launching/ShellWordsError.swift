/// A command line whose words cannot be told apart.
struct ShellWordsError: Error, Hashable, CustomStringConvertible {
    enum Kind: Hashable, Sendable {
        case unterminatedSingleQuote, unterminatedDoubleQuote, danglingBackslash
    }

    let kind: Kind
    /// The character, counted from 0, of the quote or backslash that nothing follows.
    let position: Int

    var message: String {
        switch kind {
        case .unterminatedSingleQuote: "the single quote at character \(position + 1) of the command has no partner"
        case .unterminatedDoubleQuote: "the double quote at character \(position + 1) of the command has no partner"
        case .danglingBackslash: "the command ends in a backslash, which quotes nothing"
        }
    }

    var description: String { message }
}
