import ArgumentParser

/// The flags as they were given: read as text, so that a bad value is answered in one way whether it came from a flag
/// or from the environment.
struct Flags: ParsableArguments {
    @Option(help: "Address to bind (ORION_HOST; 127.0.0.1).")
    var host: String?

    @Option(parsing: .unconditional, help: "Port to bind; 0 picks a free one (ORION_PORT; 6060).")
    var port: String?

    @Option(help: "SQLite file that keeps the state, or memory: (ORION_STATE_DB; .orion/state.sqlite).")
    var stateDb: String?

    @Option(parsing: .unconditional, help: "Seconds between two heartbeats of an agent (ORION_HEARTBEAT_INTERVAL; 5).")
    var heartbeatInterval: String?

    @Option(parsing: .unconditional, help: "Seconds of silence until a node is lost (ORION_HEARTBEAT_TIMEOUT; 10).")
    var heartbeatTimeout: String?

    @Option(help: "PEM file of the certificate to serve TLS with (ORION_TLS_CERT).")
    var tlsCert: String?

    @Option(help: "PEM file of its private key (ORION_TLS_KEY).")
    var tlsKey: String?

    @Option(help: "PEM file of the authorities of clients: each must show a certificate (ORION_TLS_CLIENT_CA).")
    var tlsClientCa: String?

    @Flag(help: "Bind other addresses than loopback without authentication (ORION_INSECURE_ALLOW_ANONYMOUS=true).")
    var insecureAllowAnonymous = false

    @Option(help: "trace, debug, info, notice, warning, error or critical (ORION_LOG_LEVEL; info).")
    var logLevel: String?

    @Option(help: "text or json (ORION_LOG_FORMAT; text).")
    var logFormat: String?
}
