import Logging
import NIOCore
import OrionWS

/// Keeps the session connected, for ever: one control plane after the other, with pauses between.
struct Connector {
    let addresses: [ControlPlaneAddress]
    let session: Session
    let group: any EventLoopGroup
    let logger: Logger

    /// Returns once the agent ends, or the task is cancelled.
    func run() async {
        while let next = await session.next {
            let address = addresses[next]
            await connect(to: address)
            let seconds = await session.ended()
            do {
                // The pause between two attempts: there is nothing else to wait for.
                try await Task.sleep(for: .seconds(seconds))
            } catch {
                return
            }
        }
    }

    /// Returns once the connection has ended or could not be made.
    private func connect(to address: ControlPlaneAddress) async {
        let relay = SocketRelay(session: session)
        var configuration = WebSocketConfiguration()
        configuration.connectTimeoutSeconds = Session.handshakeSeconds
        do {
            _ = try await WebSocketClient.connect(
                to: WebSocketURL(address.description), headers: [], configuration: configuration, group: group,
                handler: relay)
            for await _ in relay.end {}
        } catch {
            logger.warning(
                "The control plane cannot be reached.", metadata: ["address": "\(address)", "reason": "\(error)"])
        }
    }
}
