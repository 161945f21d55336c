import HTTPTypes
import NIOCore

/// The way of a connection to another protocol.
extension HTTPConnectionHandler {
    func upgrade(
        to name: String, _ headers: HTTPFields, _ install: @Sendable (any Channel) -> EventLoopFuture<Void>
    ) {
        guard let context else { return }
        guard server.registry.upgrade(context.channel) else {
            answer(server.router.response(for: .overloaded))
            return
        }
        write { ResponseEncoder.writeSwitching(to: name, headers: headers, into: &$0) }
        flush()
        machine.upgraded()
        disarmTimer()
        let pipeline = context.pipeline.syncOperations
        if let collector = try? pipeline.context(handlerType: RequestCollector.self) {
            pipeline.removeHandler(context: collector, promise: nil)
        }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        install(context.channel).hop(to: eventLoop).whenComplete { result in
            guard let context = bound.value.context else { return }
            switch result {
            case .success: context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
            case .failure: context.close(promise: nil)
            }
        }
    }

    func removeHandler(context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken) {
        if let bytes = waiting {
            waiting = nil
            context.fireChannelRead(wrapInboundOut(bytes))
            context.fireChannelReadComplete()
        }
        if machine.isInputClosed { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        if machine.isQuiescing { context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        let wasReadHeld = wasReadHeld
        let channel = context.channel
        context.leavePipeline(removalToken: removalToken)
        if wasReadHeld { channel.read() }
    }
}
