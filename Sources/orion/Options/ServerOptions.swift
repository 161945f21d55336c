import ArgumentParser
import OrionClient
import OrionSettings

/// Which orion-api is asked.
struct ServerOptions: ParsableArguments {
    static let defaultServer = "http://127.0.0.1:6060"

    @Option(
        name: .customLong("server"),
        help: ArgumentHelp(
            "The address of orion-api (environment: ORION_API; default: \(ServerOptions.defaultServer)).",
            valueName: "url"))
    var given: String?

    /// A client of the server that the flag, else the environment, else the default names.
    func client() throws(ClientError) -> OrionClient {
        try OrionClient(server: given ?? Environment["ORION_API"] ?? Self.defaultServer)
    }
}
