import ArgumentParser

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
        let later = [
            (tokenFile, "--token-file", "ORION_TOKEN_FILE", "authentication is not built yet: leave it out"),
            (tlsCa, "--tls-ca", "ORION_TLS_CA", tls), (tlsCert, "--tls-cert", "ORION_TLS_CERT", tls),
            (tlsKey, "--tls-key", "ORION_TLS_KEY", tls),
        ]
        for (given, flag, variable, message) in later {
            if let setting = Setting(flag, given, variable) { throw setting.refusal(.unsupported, message) }
        }
    }
}
