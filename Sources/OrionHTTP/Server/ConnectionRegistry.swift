import NIOCore
import Synchronization

/// The open connections of a server: counts them against their caps, and reaches all of them at a shutdown.
final class ConnectionRegistry: Sendable {
    enum Admission: Sendable {
        case serve
        /// Answered with 503 at once.
        case shed
        /// Closed without a word: even those that are shed are too many, or the server is shutting down.
        case drop
    }

    private enum Kind {
        case http
        case shed
        case upgraded
    }

    private struct State {
        var channels: [ObjectIdentifier: (channel: any Channel, kind: Kind)] = [:]
        var counts: [Kind: Int] = [:]
        var isShuttingDown = false
        var whenEmpty: [EventLoopPromise<Void>] = []
    }

    private let limits: HTTPLimits
    private let state = Mutex(State())

    init(_ limits: HTTPLimits) {
        self.limits = limits
    }

    /// Takes in a connection that was accepted, until its channel is closed.
    func admit(_ channel: any Channel) -> Admission {
        let id = ObjectIdentifier(channel)
        let admission: Admission = state.withLock { state in
            guard !state.isShuttingDown else { return .drop }
            let isFull = state.counts[.http, default: 0] >= limits.connections
            guard !isFull || state.counts[.shed, default: 0] < limits.connections / 10 else { return .drop }
            let kind: Kind = isFull ? .shed : .http
            state.channels[id] = (channel, kind)
            state.counts[kind, default: 0] += 1
            return isFull ? .shed : .serve
        }
        if admission != .drop { channel.closeFuture.whenComplete { _ in self.remove(id) } }
        return admission
    }

    /// Counts a connection as upgraded from now on; false if there are too many of those.
    func upgrade(_ channel: any Channel) -> Bool {
        state.withLock { state in
            guard state.counts[.upgraded, default: 0] < limits.upgradedConnections,
                let kind = state.channels[ObjectIdentifier(channel)]?.kind
            else { return false }
            state.channels[ObjectIdentifier(channel)]?.kind = .upgraded
            state.counts[kind, default: 0] -= 1
            state.counts[.upgraded, default: 0] += 1
            return true
        }
    }

    /// Lets in no more, and tells every connection.
    func shutDown() {
        let channels = state.withLock { state in
            state.isShuttingDown = true
            return state.channels.values.map(\.channel)
        }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }

    /// Closes what is left.
    func closeAll() {
        for channel in state.withLock({ $0.channels.values.map(\.channel) }) { channel.close(promise: nil) }
    }

    /// Completes the promise once no connection is open.
    func whenEmpty(_ promise: EventLoopPromise<Void>) {
        let isEmpty = state.withLock { state in
            if !state.channels.isEmpty { state.whenEmpty.append(promise) }
            return state.channels.isEmpty
        }
        if isEmpty { promise.succeed() }
    }

    private func remove(_ id: ObjectIdentifier) {
        let promises = state.withLock { state -> [EventLoopPromise<Void>] in
            guard let entry = state.channels.removeValue(forKey: id) else { return [] }
            state.counts[entry.kind, default: 0] -= 1
            guard state.channels.isEmpty else { return [] }
            defer { state.whenEmpty = [] }
            return state.whenEmpty
        }
        for promise in promises { promise.succeed() }
    }
}
