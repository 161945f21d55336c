import Logging
import NIOCore
import OrionCore
import OrionTLS
import OrionWS

/// Keeps the session connected, for ever: one control plane after the other, with pauses between.
struct Connector {
    let addresses: [ControlPlaneAddress]
    let tls: TLSFiles
    let session: Session
    let group: any EventLoopGroup
    let logger: Logger

    /// Returns once the agent ends, or the task is cancelled.
    func run() async {
        await session.watchLeases()
        var failures = 0
        while let next = await session.next {
            let address = addresses[next]
            failures = await connect(to: address, failures: failures)
            let seconds = await session.ended()
            do {
                // The pause between two attempts: there is nothing else to wait for.
                try await Task.sleep(for: .seconds(seconds))
            } catch {
                return
            }
        }
    }

    /// Returns once the connection has ended or could not be made, with how many in a row could not.
    private func connect(to address: ControlPlaneAddress, failures: Int) async -> Int {
        let relay = SocketRelay(session: session)
        var configuration = WebSocketConfiguration()
        configuration.connectTimeoutSeconds = Session.handshakeSeconds
        // A hello of 1 MB, and then a status of every replica.
        configuration.outboundLimitBytes = 4 * 1024 * 1024
        configuration.overflow = .close(code: CloseCode.doesNotDrain)
        // What waits there is before any status; the rest waits where the sender of logs sees it.
        configuration.kernelUnsentBytes = 64 * 1024
        do {
            if address.isSecure { configuration.tls = try TLSClient(tls) }
            _ = try await WebSocketClient.connect(
                to: WebSocketURL(address.description), headers: [], configuration: configuration, group: group,
                handler: relay)
            for await _ in relay.end {}
            return 0
        } catch {
            // Tried for ever, it is told less and less often: at the 1st, 2nd, 4th, 8th… failure.
            let isTold = failures & (failures + 1) == 0
            logger.log(
                level: isTold ? .warning : .debug, "The control plane cannot be reached; trying on.",
                metadata: ["address": "\(address)", "reason": "\(error)"])
            return failures + 1
        }
    }
}
