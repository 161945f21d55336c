package import OrionCore
internal import OrionWS

/// An agent's conversation with its control planes, one connection after the other: which to try and when, and what each
/// frame means. It knows no socket or clock.
package struct SessionMachine: Sendable {
    package enum Stage: Hashable, Sendable {
        /// No connection.
        case apart
        /// Hello has been said, welcome not heard.
        case greeting
        /// Orders are taken.
        case serving
        /// What still comes is ignored.
        case closing
    }

    /// The first reconnect comes within this, the next within twice as much, and so on.
    static let firstDelaySeconds = 0.2

    package private(set) var stage = Stage.apart
    /// The cluster that the replicas here are of, once it is known.
    package private(set) var cluster: String?

    private let acceptedCluster: String?
    private let addresses: Int
    /// The one to try, by its place in the list.
    package private(set) var next = 0
    /// Connections in a row that came to nothing.
    private var failures = 0
    private var heartbeatTimeoutSeconds = 10.0

    /// - Parameter addresses: how many control planes there are, at least one.
    package init(addresses: Int, cluster: String?, acceptedCluster: String?) {
        precondition(addresses > 0)
        self.addresses = addresses
        self.cluster = cluster
        self.acceptedCluster = acceptedCluster
    }

    /// A connection stands.
    package mutating func opened() -> [SessionAction] {
        stage = .greeting
        return [
            .keepAlive(pingSeconds: heartbeatTimeoutSeconds / 4, silenceSeconds: heartbeatTimeoutSeconds), .sayHello,
        ]
    }

    /// A frame came.
    ///
    /// - Parameter holdsReplicas: whether there is a record of any replica here.
    package mutating func received(_ message: ControlMessage, holdsReplicas: Bool) -> [SessionAction] {
        switch (stage, message) {
        case (.greeting, .welcome(let welcome)):
            return welcomed(welcome, holdsReplicas: holdsReplicas)
        case (.serving, .launch(let launch)):
            return [.launch(launch)]
        case (.serving, .stop(let stop)):
            return [.stop(stop)]
        case (.serving, .update(let update)):
            return [.update(update)]
        case (.serving, .logs(let request)):
            return [.logs(request)]
        case (.serving, .sync):
            return [.sayHello]
        case (.greeting, .launch), (.greeting, .stop), (.greeting, .update), (.greeting, .sync):
            return [.warn("an order came before the welcome, and was ignored")]
        default:
            return []
        }
    }

    /// The time for connection, handshake and welcome is over.
    package mutating func welcomeOverdue() -> [SessionAction] {
        guard stage == .greeting else { return [] }
        stage = .closing
        return [
            .close(code: WebSocketCloseCode.goingAway, reason: "no welcome in time"),
            .warn("the control plane did not answer the hello in time"),
        ]
    }

    /// The agent ends: nothing is listened to any more.
    package mutating func left() {
        stage = stage == .apart ? .apart : .closing
    }

    /// A connection has ended, or could not be made. Returns the seconds to wait before the next one, to the next control
    /// plane in turn: none while there is one left that was not tried since the last that served.
    ///
    /// - Parameter seconds: how long the connection lasted. One that served for less than a timeout was none: the next would
    ///   end like it.
    package mutating func ended(after seconds: Double, using random: inout some RandomNumberGenerator) -> Double {
        let hasServed = stage == .serving && seconds >= heartbeatTimeoutSeconds
        stage = .apart
        next = (next + 1) % addresses
        failures = hasServed ? 0 : failures + 1
        guard hasServed || failures.isMultiple(of: addresses) else { return 0 }
        let rounds = failures / addresses
        let longest = max(Self.firstDelaySeconds, heartbeatTimeoutSeconds / 4)
        var delay = Self.firstDelaySeconds
        for _ in 0..<min(max(0, rounds - 1), 64) where delay < longest { delay *= 2 }
        return Double.random(in: 0...min(delay, longest), using: &random)
    }

    private mutating func welcomed(_ welcome: Welcome, holdsReplicas: Bool) -> [SessionAction] {
        var actions: [SessionAction] = []
        if welcome.clusterId != cluster {
            if let cluster, holdsReplicas, welcome.clusterId != acceptedCluster {
                stage = .closing
                return [
                    .warn(
                        "this control plane's cluster is \(welcome.clusterId), and the replicas here are of cluster \(cluster): they "
                            + "are kept running; to hand them over, start the agent with --accept-cluster \(welcome.clusterId)"
                    ),
                    .close(code: WebSocketCloseCode.normal, reason: "replicas of cluster \(cluster) run here"),
                ]
            }
            cluster = welcome.clusterId
            actions.append(.remember(cluster: welcome.clusterId))
        }
        stage = .serving
        let timeout = Self.sane(welcome.heartbeatTimeoutSeconds, 10)
        heartbeatTimeoutSeconds = timeout
        actions.append(.keepAlive(pingSeconds: timeout / 4, silenceSeconds: timeout))
        actions.append(.heartbeats(everySeconds: Self.sane(welcome.heartbeatIntervalSeconds, 5)))
        return actions
    }

    /// What a control plane says is not believed where it would keep this machine busy or deaf.
    private static func sane(_ seconds: Double, _ standard: Double) -> Double {
        seconds.isFinite && seconds > 0 ? min(max(seconds, 0.1), 3600) : standard
    }
}
