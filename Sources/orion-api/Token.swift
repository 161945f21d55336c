import ArgumentParser
import OrionSettings

/// `orion-api token …` is a later version's: whoever asks for a token must not take it for a wrong flag.
struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Tokens, in a later version.", shouldDisplay: false)

    @Argument(parsing: .captureForPassthrough) var rest: [String] = []

    func run() throws {
        let error = StartupError(
            .unsupported,
            "token: authentication is not built yet: there are no tokens to make; keep orion-api on loopback.")
        StandardStreams.writeError("orion-api: \(error.message)")
        throw ExitCode(error.exitStatus)
    }
}
