import NIOCore

extension WebSocketChannelHandler: NIOScheduledCallbackHandler {
    func handleScheduledCallback(eventLoop: some EventLoop) {
        let now = self.eventLoop.now
        // A wheel calls back for a timer that was set earlier, too.
        guard let due = timer?.at, due <= now else { return }
        timer = nil
        machine.woke(at: now, due: due)
        noteProgress(at: now)
        while let action = machine.timerFired(at: now) {
            switch action {
            case .ping: sendPing(machine.pinged(at: now))
            case .unanswered(let ids): report(ids, isReadingStopped)
            case .end(let ending): perform(ending)
            }
        }
        armTimer()
    }

    /// One timer, which is left alone where it comes early enough, and sets itself anew when it fires.
    func armTimer() {
        guard let deadline = machine.nextDeadline, context != nil else { return }
        if let timer {
            if timer.at <= deadline { return }
            timer.callback?.cancel()
        }
        if let wheel {
            timer = (nil, wheel.add(self, at: deadline))
        } else {
            let isolated = eventLoop.assumeIsolated()
            timer = (try? isolated.scheduleCallback(at: deadline, handler: self)).map { ($0, deadline) }
        }
    }

    func disarmTimer() {
        timer?.callback?.cancel()
        timer = nil
    }
}
