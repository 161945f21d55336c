import ArgumentParser
import OrionSettings

/// Flags of the contract whose features are built later: whoever sets one must not believe that it works.
struct LaterFlags: ParsableArguments {
    @Option(help: "File with a bearer token (ORION_TOKEN_FILE).")
    var tokenFile: String?

    @Option(help: "PEM file (ORION_TLS_CA).")
    var tlsCa: String?

    @Option(help: "PEM file (ORION_TLS_CERT).")
    var tlsCert: String?

    @Option(help: "PEM file (ORION_TLS_KEY).")
    var tlsKey: String?

    /// Ends the start where one is set.
    func refuse() throws(StartupError) {
        let tls = "TLS is not built yet: leave it out, and use a ws:// address through a tunnel"
        let authentication = "authentication is not built yet: leave it out"
        try LaterSetting("--token-file", tokenFile, "ORION_TOKEN_FILE", authentication).refuse()
        try LaterSetting("--tls-ca", tlsCa, "ORION_TLS_CA", tls).refuse()
        try LaterSetting("--tls-cert", tlsCert, "ORION_TLS_CERT", tls).refuse()
        try LaterSetting("--tls-key", tlsKey, "ORION_TLS_KEY", tls).refuse()
    }
}
