import ArgumentParser

/// The flags as they were given: read as text, so that a bad value is answered in one way whether it came from a flag
/// or from the environment.
struct Flags: ParsableArguments {
    @Option(
        help:
            "A control plane, as ws://HOST:PORT/ws or wss://HOST:PORT/ws; repeatable, or several with commas between (ORION_CONTROL_PLANE_URL; ws://127.0.0.1:6060/ws)."
    )
    var controlPlane: [String] = []

    @Option(help: "The node's stable identity (ORION_NODE_ID; made once and kept in the data directory).")
    var nodeId: String?

    @Option(help: "Name shown to people (ORION_NODE_NAME; the host's).")
    var name: String?

    @Option(help: "Where the node's services are reached (ORION_NODE_ADDRESS; the host's name).")
    var address: String?

    @Option(help: "A label, as KEY=VALUE; repeatable (ORION_NODE_LABELS, with commas between).")
    var label: [String] = []

    @Option(help: "Cores to offer (ORION_NODE_CPU; the machine's).")
    var cpu: String?

    @Option(help: "MiB of memory to offer (ORION_NODE_MEMORY; the machine's).")
    var memory: String?

    @Option(help: "Directory that every service's path resolves inside (ORION_WORKSPACE_ROOT; the working directory).")
    var workspaceRoot: String?

    @Option(help: "Directory for identity, records and output of replicas (ORION_AGENT_DATA_DIR; .orion/agent).")
    var dataDir: String?

    @Option(help: "Cluster that an agent with replicas of another one may change over to.")
    var acceptCluster: String?

    @Option(help: "PEM file of the authorities that wss:// control planes are signed by (ORION_TLS_CA; the system's).")
    var tlsCa: String?

    @Option(help: "PEM file of the certificate that a control plane is shown (ORION_TLS_CERT).")
    var tlsCert: String?

    @Option(help: "PEM file of its private key (ORION_TLS_KEY).")
    var tlsKey: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical (ORION_LOG_LEVEL; info).")
    var logLevel: String?

    @Option(help: "text or json (ORION_LOG_FORMAT; text).")
    var logFormat: String?
}
