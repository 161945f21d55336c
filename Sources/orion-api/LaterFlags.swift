import ArgumentParser
import OrionSettings

/// Flags of the contract whose features are built later: whoever sets one must not believe that it works.
struct LaterFlags: ParsableArguments {
    @Option(help: "File with the key of tokens (ORION_AUTH_SECRET_FILE).")
    var authSecretFile: String?

    @Option(help: "File with an identity provider's keys (ORION_AUTH_JWKS).")
    var authJwks: String?

    /// Ends the start where one is set.
    func refuse() throws(StartupError) {
        let authentication = "authentication is not built yet: leave it out, and keep orion-api on loopback"
        try LaterSetting("--auth-secret-file", authSecretFile, "ORION_AUTH_SECRET_FILE", authentication).refuse()
        try LaterSetting("--auth-jwks", authJwks, "ORION_AUTH_JWKS", authentication).refuse()
    }
}
