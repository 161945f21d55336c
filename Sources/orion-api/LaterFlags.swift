import ArgumentParser

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
    func refuse(environment: Environment) throws(StartupError) {
        let tls = "TLS is not built yet: leave it out, and put a proxy that speaks TLS in front of orion-api"
        let authentication = "authentication is not built yet: leave it out, and keep orion-api on loopback"
        let later = [
            (tlsCert, "--tls-cert", "ORION_TLS_CERT", tls),
            (tlsKey, "--tls-key", "ORION_TLS_KEY", tls),
            (tlsClientCa, "--tls-client-ca", "ORION_TLS_CLIENT_CA", tls),
            (authSecretFile, "--auth-secret-file", "ORION_AUTH_SECRET_FILE", authentication),
            (authJwks, "--auth-jwks", "ORION_AUTH_JWKS", authentication),
        ]
        for (given, flag, variable, message) in later {
            guard let setting = Setting.given(flag, given, variable, environment) else { continue }
            throw setting.refusal(.unsupported, message)
        }
    }
}
