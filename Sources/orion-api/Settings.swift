import Logging
import NIOCore
import OrionLogging
import OrionSettings
import OrionStore
import OrionTLS

/// What the program runs with: every setting, checked.
struct Settings {
    /// Where the state is kept.
    enum State {
        case memory
        case file(String)
    }

    let host: Setting
    /// The address that `host` stands for.
    let address: String
    let port: Setting
    let portNumber: Int
    let stateDb: Setting
    let state: State
    let heartbeatIntervalSeconds: Double
    let heartbeatTimeoutSeconds: Double
    let tls: TLSServer?
    let logLevel: Logger.Level
    let logFormat: LogFormat

    init(_ flags: Flags) throws(StartupError) {
        host = .value("--host", flags.host, "ORION_HOST", default: "127.0.0.1")
        port = .value("--port", flags.port, "ORION_PORT", default: "6060")
        guard let portNumber = Int(port.value), (0...65_535).contains(portNumber) else {
            throw port.refusal(.usage, "give a port from 0 (picks a free one) to 65535")
        }
        self.portNumber = portNumber
        stateDb = .value("--state-db", flags.stateDb, "ORION_STATE_DB", default: SQLiteStore.defaultPath)
        state = try Self.state(stateDb)
        heartbeatTimeoutSeconds = try Setting.value(
            "--heartbeat-timeout", flags.heartbeatTimeout, "ORION_HEARTBEAT_TIMEOUT", default: "10"
        ).seconds(in: 0.2...86_400)
        // A short timeout alone is enough to say: heartbeats that came after it would show stale figures.
        let usualInterval = min(5, heartbeatTimeoutSeconds / 2)
        heartbeatIntervalSeconds = try Setting.value(
            "--heartbeat-interval", flags.heartbeatInterval, "ORION_HEARTBEAT_INTERVAL",
            default: "\(usualInterval)"
        ).seconds(in: 0.1...3600)
        logLevel = try Setting.value("--log-level", flags.logLevel, "ORION_LOG_LEVEL", default: "info")
            .choice(Logger.Level.self)
        logFormat = try Setting.value("--log-format", flags.logFormat, "ORION_LOG_FORMAT", default: "text")
            .choice(LogFormat.self)
        let anonymous = Setting("--insecure-allow-anonymous", nil, "ORION_INSECURE_ALLOW_ANONYMOUS")
        let variableAllows = try anonymous?.flag() ?? false
        let authority = Setting("--tls-client-ca", flags.tlsClientCa, "ORION_TLS_CLIENT_CA")
        tls = try TLSSettings(authority: authority, certificate: flags.tlsCert, key: flags.tlsKey).server()
        address = try Self.address(
            host, isOpen: authority == nil, allowsAnonymous: flags.insecureAllowAnonymous || variableAllows)
    }

    private static func state(_ setting: Setting) throws(StartupError) -> State {
        let value = setting.value
        if value == "memory:" { return .memory }
        guard value != "memory" else {
            throw setting.refusal(.usage, "give memory: to keep nothing, or ./memory for a file of that name")
        }
        guard !value.isEmpty else { throw setting.refusal(.usage, "give a file, or memory:") }
        if value.hasPrefix("mongodb://") || value.hasPrefix("mongodb+srv://") {
            throw setting.refusal(.unsupported, "MongoDB is not built yet: give a file, or memory:")
        }
        guard !value.contains("://"), !value.utf8.contains(0) else {
            throw setting.refusal(.usage, "give the path of a file, or memory:")
        }
        return .file(value)
    }

    /// The numeric address of a host. One that others reach without a certificate needs the word of who starts it.
    private static func address(
        _ host: Setting, isOpen: Bool, allowsAnonymous: Bool
    ) throws(StartupError) -> String {
        // Where a name has addresses of both families, agents and clients try 127.0.0.1.
        let name = host.value == "localhost" ? "127.0.0.1" : host.value
        guard let address = try? SocketAddress.makeAddressResolvingHost(name, port: 0).ipAddress else {
            throw host.refusal(
                .usage, "no such address or host name; give one of this machine's, 127.0.0.1 or 0.0.0.0")
        }
        guard !isOpen || allowsAnonymous || address.hasPrefix("127.") || address == "::1" else {
            throw host.refusal(
                .configuration,
                "everyone who reaches this address could run programs on your machines, since there is no "
                    + "authentication; bind 127.0.0.1, ask every client for a certificate with --tls-client-ca, or give "
                    + "--insecure-allow-anonymous if that is what you want")
        }
        return address
    }
}
