import OrionAgentKit
import OrionCore

/// Checks of replicas, which find what their program is like.
extension SimulatedCluster {
    func beginChecks(_ target: HealthTarget, _ number: Int, _ node: Int) {
        let end = target.start + .seconds(target.check.startPeriodSeconds)
        let machine = HealthMachine(target.check, startPeriodEnd: end, hasPassed: target.hasPassed)
        nodes[node].agent?.checks[target.id] = SimulatedChecks(number: number, check: target.check, machine: machine)
        scheduleCheck(target.id, number, after: 0.1, node)
    }

    private func scheduleCheck(_ id: ReplicaID, _ number: Int, after seconds: Double, _ node: Int) {
        let wait = nodes[node].clock.trueDuration(of: .seconds(seconds))
        queue.schedule(.checkEnds(node: node, life: nodes[node].life, id, number: number), at: now + wait)
    }

    func checkEnds(_ node: Int, _ life: Int, _ id: ReplicaID, _ number: Int) {
        guard nodes[node].life == life, var checks = nodes[node].agent?.checks[id], checks.number == number,
            let process = nodes[node].processes[id]
        else { return }
        let time = nodes[node].time(at: now)
        let outcome = process.exit != nil || process.failsFrom <= now ? HealthOutcome.failed("refused") : .passed
        let event = checks.machine.ended(outcome, begun: time.instant)
        nodes[node].agent?.checks[id] = checks
        scheduleCheck(id, number, after: checks.check.intervalSeconds, node)
        guard let event else { return }
        countStep()
        trace.note(now, 53, Int64(node), text: "the checks of \(id) on \(nodes[node].id): \(event)")
        perform(nodes[node].agent?.supervisor.checked(id, number: number, event, time) ?? [], node)
        endIfDone(node)
    }
}
