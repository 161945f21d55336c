import ArgumentParser
import OrionClient
import OrionCore

/// A command of `orion`: what it does, apart from how its errors are shown and which exit status they become.
protocol Subcommand: AsyncParsableCommand {
    /// How its output looks.
    var display: DisplayOptions { get }
    /// Does it; an error is shown with its issues and ends the program with the status of its sort.
    func perform(_ console: Console) async throws
}

extension Subcommand {
    func run() async throws {
        let console = Console(display)
        do {
            try await perform(console)
        } catch let error as ClientError {
            console.fail(error.message, issues: error.issues.map { IssueLine($0) })
            throw ExitCode(error)
        } catch let error as DocumentError {
            console.fail(error.message, issues: error.issues)
            throw ExitCode.failure
        } catch let error as Failure {
            console.fail(error.message)
            throw ExitCode.failure
        }
    }
}

/// What a command could not do, in words for a person.
struct Failure: Error {
    var message: String
    init(_ message: String) { self.message = message }
}

extension ExitCode {
    /// The server cannot be reached (EX_UNAVAILABLE).
    static let unreachable = ExitCode(69)

    /// The status that a failed request becomes.
    init(_ error: ClientError) {
        self =
            switch error.code {
            case .invalidAddress, .invalidFiles: .validationFailure
            case .unreachable, .timedOut, .insecure: .unreachable
            case .refused, .failed, .unexpectedAnswer: .failure
            }
    }
}
