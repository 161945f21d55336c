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

    @Option(
        help: ArgumentHelp(
            "PEM file of the authorities that an https:// server may be signed by (environment: ORION_TLS_CA; default: "
                + "the system's).", valueName: "file"))
    var tlsCa: String?

    @Option(
        help: ArgumentHelp(
            "PEM file of the certificate that it is shown (environment: ORION_TLS_CERT).", valueName: "file"))
    var tlsCert: String?

    @Option(help: ArgumentHelp("PEM file of its private key (environment: ORION_TLS_KEY).", valueName: "file"))
    var tlsKey: String?

    /// A client of the server that the flag, else the environment, else the default names.
    func client() throws(ClientError) -> OrionClient {
        let tls: TLSSettings
        do throws(StartupError) {
            tls = try .client(authority: tlsCa, certificate: tlsCert, key: tlsKey)
        } catch {
            throw ClientError(.invalidFiles, error.message)
        }
        return try OrionClient(server: given ?? Environment["ORION_API"] ?? Self.defaultServer, tls: tls.files)
    }
}
