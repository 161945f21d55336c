import Dispatch
import OrionCore

/// A command that has to exit with 0, in the service's directory, with its replica's environment and in its cgroup.
struct ExecProbe: Sendable {
    let launcher: Launcher
    let containment: Containment
    /// To fork takes 0.3 ms: the schedule does not wait for that.
    private let queue = DispatchQueue(label: "orion.health.exec")

    init(launcher: Launcher, containment: Containment) {
        self.launcher = launcher
        self.containment = containment
    }

    func look(
        at target: HealthTarget, _ check: HealthCheck.Exec, _ body: @escaping @Sendable (HealthOutcome) -> Void
    ) -> @Sendable () -> Void {
        let run = ExecRun(target, on: queue, body)
        queue.async {
            do {
                let output = try TailPipe(on: queue)
                var request = try launcher.request(forCheck: check.command, of: target.record, output: output.path)
                request.cgroup = containment.knownCgroup(of: target.id)
                run.start(try GatedProcess(request), output)
            } catch {
                run.couldNotStart("\(error)")
            }
        }
        return { queue.async { run.cancel() } }
    }
}
