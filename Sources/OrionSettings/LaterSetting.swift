/// A setting of the contract whose feature is built later: whoever gives it must not believe that it works.
public struct LaterSetting {
    private let setting: Setting?
    private let message: String

    /// The flag and the variable, and what to do without the feature.
    public init(_ flag: String, _ given: String?, _ variable: String, _ message: String) {
        setting = Setting(flag, given, variable)
        self.message = message
    }

    /// Ends the start where the setting is given.
    public func refuse() throws(StartupError) {
        if let setting { throw setting.refusal(.unsupported, message) }
    }
}
