import Dispatch
import OrionCore

/// A command that has to exit with 0, in the service's directory and with its replica's environment.
struct ExecProbe: Sendable {
    let launcher: Launcher
    /// To fork takes 0.3 ms: the schedule does not wait for that.
    private let queue = DispatchQueue(label: "orion.health.exec")

    init(launcher: Launcher) {
        self.launcher = launcher
    }

    func look(
        at target: HealthTarget, _ check: HealthCheck.Exec, _ body: @escaping @Sendable (HealthOutcome) -> Void
    ) -> @Sendable () -> Void {
        let run = ExecRun(target, on: queue, body)
        queue.async {
            do {
                let output = try TailPipe(on: queue)
                let request = try launcher.request(forCheck: check.command, of: target.record, output: output.path)
                run.start(try GatedProcess(request), output)
            } catch {
                run.couldNotStart("\(error)")
            }
        }
        return { queue.async { run.cancel() } }
    }
}
