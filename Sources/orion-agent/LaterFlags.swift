import ArgumentParser
import OrionSettings

/// Flags of the contract whose features are built later: whoever sets one must not believe that it works.
struct LaterFlags: ParsableArguments {
    @Option(help: "File with a bearer token (ORION_TOKEN_FILE).")
    var tokenFile: String?

    /// Ends the start where one is set.
    func refuse() throws(StartupError) {
        let authentication = "authentication is not built yet: leave it out"
        try LaterSetting("--token-file", tokenFile, "ORION_TOKEN_FILE", authentication).refuse()
    }
}
