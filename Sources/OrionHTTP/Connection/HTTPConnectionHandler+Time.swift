import NIOCore

extension HTTPConnectionHandler: NIOScheduledCallbackHandler {
    func handleScheduledCallback(eventLoop: some EventLoop) {
        timer = nil
        guard let context, machine.phase != .closed else { return }
        let now = self.eventLoop.now
        switch machine.timerFired(at: now) {
        case .none:
            break
        case .fail(let problem):
            waiting = nil
            respond(to: problem, closing: true)
            flush()
        case .close:
            context.close(promise: nil)
            return
        case .closeUnlessDrained:
            let unread = unsentBytes(context)
            guard unread < bytesUnread else {
                context.close(promise: nil)
                return
            }
            bytesUnread = unread
            machine.drained(at: now)
        }
        armTimer()
    }

    /// One timer, which is left alone where it comes early enough, and sets itself anew when it fires.
    func armTimer() {
        guard let deadline = machine.nextDeadline, context != nil else { return }
        if let timer {
            if timer.at <= deadline { return }
            timer.callback.cancel()
        }
        let isolated = eventLoop.assumeIsolated()
        timer = (try? isolated.scheduleCallback(at: deadline, handler: self)).map { ($0, deadline) }
    }

    func disarmTimer() {
        timer?.callback.cancel()
        timer = nil
    }
}
