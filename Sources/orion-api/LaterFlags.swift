import ArgumentParser
import OrionSettings

/// Flags of the contract whose features are built later: whoever sets one must not believe that it works.
struct LaterFlags: ParsableArguments {
    @Option(help: "PEM file (ORION_TLS_CERT).")
    var tlsCert: String?

    @Option(help: "PEM file (ORION_TLS_KEY).")
    var tlsKey: String?

    @Option(help: "PEM file (ORION_TLS_CLIENT_CA).")
    var tlsClientCa: String?

    @Option(help: "File with the key of tokens (ORION_AUTH_SECRET_FILE).")
    var authSecretFile: String?

    @Option(help: "File with an identity provider's keys (ORION_AUTH_JWKS).")
    var authJwks: String?

    /// Ends the start where one is set.
    func refuse() throws(StartupError) {
        let tls = "TLS is not built yet: leave it out, and put a proxy that speaks TLS in front of orion-api"
        let authentication = "authentication is not built yet: leave it out, and keep orion-api on loopback"
        try LaterSetting("--tls-cert", tlsCert, "ORION_TLS_CERT", tls).refuse()
        try LaterSetting("--tls-key", tlsKey, "ORION_TLS_KEY", tls).refuse()
        try LaterSetting("--tls-client-ca", tlsClientCa, "ORION_TLS_CLIENT_CA", tls).refuse()
        try LaterSetting("--auth-secret-file", authSecretFile, "ORION_AUTH_SECRET_FILE", authentication).refuse()
        try LaterSetting("--auth-jwks", authJwks, "ORION_AUTH_JWKS", authentication).refuse()
    }
}
