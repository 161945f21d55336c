import HashTreeCollections
import OrionCore

/// Looking at what became dirty, until nothing is.
extension Step {
    mutating func settle() {
        while true {
            while !dirty.isEmpty {
                let names = dirty.sorted()
                dirty = []
                for name in names { review(name, among: nil) }
            }
            guard !roomier.isEmpty else { return }
            let nodes = roomier.filter { state.nodes[$0]?.isOpen == true }.sorted()
            roomier = []
            if !nodes.isEmpty, !state.waiting.isEmpty { placeWaiting(on: nodes) }
        }
    }

    /// What found no place before can only find one where there is more room now.
    private mutating func placeWaiting(on nodes: [NodeID]) {
        for name in state.waiting.rolling { review(name, among: nodes) }
        for group in state.waiting.groups {
            for name in group.names {
                guard state.nextNode(for: group.demand, among: nodes) != nil else { break }
                if state.waiting.contains(name) { review(name, among: nodes) }
            }
        }
    }

    /// Looks at a service. `candidates` are the only nodes worth a look (nil: all).
    private mutating func review(_ name: ServiceName, among candidates: [NodeID]?) {
        reviews += 1
        passTime(for: name)
        guard let service = state.services[name] else { return }
        if service.stored.isRemoving {
            finishRemoval(of: name)
            return scheduleTurns(of: name)
        }
        if service.isAsWanted { state.waiting.remove(name) } else { bringNearer(name, among: candidates) }
        scheduleNext(name)
        wakeDependents(of: name)
    }

    /// Brings a service one step nearer to what is wanted.
    private mutating func bringNearer(_ name: ServiceName, among candidates: [NodeID]?) {
        trim(name)
        let isFilled = fill(name, among: candidates)
        let isRolled = roll(name, among: candidates)
        if isFilled, isRolled {
            state.waiting.remove(name)
        } else if let service = state.services[name] {
            state.waiting.insert(service)
        }
        complete(name)
        judge(name)
    }

    /// Takes in what time alone changes of a service.
    private mutating func passTime(for name: ServiceName) {
        while let due = state.services[name]?.members.due.first, due.instant <= now {
            turnComes(for: due.replica)
        }
        guard let service = state.services[name], service.isFree(at: now) else { return }
        for id in service.members[.vacant, ReplicaState.Level.held] where state.replicas[id]?.isHeld == true {
            updateReplica(id) { $0.isHeld = false }
        }
    }

    private mutating func scheduleNext(_ name: ServiceName) {
        guard let service = state.services[name] else { return }
        scheduleTurns(of: name)
        if let hold = service.hold, hold.until > now { state.timers.schedule(.service(name), at: hold.until) }
        if let deadline = deadline(of: service) { state.timers.schedule(.service(name), at: deadline) }
    }

    private mutating func scheduleTurns(of name: ServiceName) {
        guard let due = state.services[name]?.members.due.first else { return }
        state.timers.schedule(.service(name), at: due.instant)
    }

    private mutating func wakeDependents(of name: ServiceName) {
        guard let names = state.heldBack[name], state.services[name]?.isReady == true else { return }
        state.heldBack[name] = nil
        dirty.formUnion(names)
    }

    /// Ends a removal once every replica that has to be waited for is gone.
    private mutating func finishRemoval(of name: ServiceName) {
        guard let service = state.services[name] else { return }
        for id in service.members.toldToRun { stop(id) }
        guard let service = state.services[name], service.isVanished else { return }
        if before.services[name]?.isVanished != true { note("\(name) is removed.", service: name) }
        guard service.members.all.isEmpty else { return }
        state.setService(name, nil)
        touchedServices.insert(name)
        forgetConfiguration(service.stored.config)
    }

    private mutating func complete(_ name: ServiceName) {
        guard let service = state.services[name], service.stored.observedGeneration < service.stored.generation,
            service.hasStarted, service.missing == 0, service.members.toReplace == 0, service.members.unavailable == 0,
            service.members.count(.done) == service.finished,
            service.members.live + service.finished == service.wanted,
            // A halted one keeps its old replicas, and what is known of it where none are wanted.
            !service.isHalted
                || service.wanted > 0
                    && service.members.generations.keys.allSatisfy({ $0 >= service.current.restartFrom })
        else { return }
        updateService(name) { service in
            service.end(RolloutEnding(.complete))
            service.stored.observedGeneration = service.stored.generation
            service.hasStoppedFirst = false
            service.prune()
        }
        note("\(name) is complete in generation \(service.stored.generation).", service: name)
    }
}
