public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// An agent: keeps the replicas that its control plane gives to this machine running.
///
/// A graceful shutdown stops the replicas and says goodbye. Cancellation detaches: the replicas run on, and the next
/// agent on the same data directory adopts them, as it does after a crash of this one. But those with
/// `disconnect.overlap: false` end as it detaches, or with the process; and a process that stands still until the lease of
/// one is over is killed by the kernel (SIGKILL), be it the agent's own or a host's that embeds it.
public final class Agent: Service, Sendable {
    private let configuration: AgentConfiguration
    private let logger: Logger

    /// An agent with these settings; starts nothing yet.
    public init(configuration: AgentConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Runs until shutdown or cancellation. Throws `AgentError` where it cannot begin.
    public func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            try await run(on: group)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        try? await group.shutdownGracefully()
    }

    private func run(on group: any EventLoopGroup) async throws(AgentError) {
        let start = try AgentStart(configuration, group: group, logger: logger)
        defer {
            // Before another agent may take them over.
            start.supervisor.containment.letGo()
            start.directory.unlock()
        }
        try await start.supervisor.adopt(start.contents)
        let probe = RuntimeProbe(
            environment: ReplicaEnvironment.make(agent: start.environment, service: [:], orion: [:]),
            folder: start.directory.path + "/runtimes")
        let session = start.session(runtimes: await probe.labels())
        let connector = Connector(
            addresses: configuration.controlPlanes, tls: configuration.tls, session: session, group: group,
            logger: logger)
        await withTaskGroup { tasks in
            tasks.addTask { await connector.run() }
            tasks.addTask { await self.maintain(start.supervisor) }
            do {
                try await gracefulShutdown()
                logger.info("Stopping: every replica is stopped first.")
                await session.leave()
            } catch {
                logger.info("Detaching: the replicas run on.")
                await session.detach()
            }
            tasks.cancelAll()
        }
    }

    private func maintain(_ supervisor: Supervisor) async {
        repeat {
            await supervisor.maintain()
            // Output that grows by 100 MB a second is trimmed after half a gigabyte.
        } while (try? await Task.sleep(for: .seconds(5), tolerance: .seconds(2))) != nil
    }
}
