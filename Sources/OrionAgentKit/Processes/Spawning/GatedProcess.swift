import COrionSpawn
import Dispatch
import Glibc
import Synchronization

/// A child process that waits at its gate: it exists, in a session of its own, but nothing of its program has run.
///
/// The pause is for writing the process down. If the agent dies meanwhile the child ends too, so that no process runs
/// which no ledger knows; once released it needs its agent for nothing.
final class GatedProcess: Sendable {
    /// Who the child is; what the ledger has to hold before `release`.
    let identity: ProcessIdentity

    private let process: WatchedProcess
    private let request: ProcessRequest
    private let program: String
    /// Nil once the gate has been opened or shut.
    private let gate: Mutex<Descriptor?>

    /// Forks a child for `request`. Blocks for as long as a fork takes, about 0.3 ms.
    init(_ request: ProcessRequest, features: KernelFeatures = .current) throws(SpawnError) {
        let program = try ProgramSearch.find(for: request)
        let child = try Self.forkWaiting { () throws(SpawnError) in try Self.fork(request, program: program) }
        let gate = Descriptor(owning: child.gate)
        let pidfd = Descriptor(owning: child.pidfd)
        guard let status = ProcessStatus(pid: child.pid) else {
            Self.passed(child.pid)
            // Only an unreadable /proc gets here. The child ends as `gate` closes; its zombie has to be collected.
            throw Self.unidentified(program, pidfd: pidfd)
        }
        let identity = ProcessIdentity(pid: child.pid, startTicks: status.startTicks, bootID: ProcessIdentity.bootID)
        self.identity = identity
        self.process = WatchedProcess(identity, pidfd: pidfd, features: features)
        self.request = request
        self.program = program
        self.gate = Mutex(gate)
    }

    deinit {
        abandon()
    }

    /// Lets the child start its program, and calls `body` once, on `queue`, when that runs or could not be started; in
    /// the latter case the child is gone. To be called once.
    func release(on queue: DispatchQueue, _ body: @escaping @Sendable (Result<WatchedProcess, SpawnError>) -> Void) {
        guard let gate = takeGate() else {
            preconditionFailure("process \(identity.pid) was released or abandoned before")
        }
        var go: UInt8 = 1
        // If nobody takes the byte the child is dead, and its exit says how.
        _ = send(gate.number, &go, 1, Int32(MSG_NOSIGNAL))
        gate.whenReady(on: queue) {
            var failure = orion_failure()
            let count = read(gate.number, &failure, MemoryLayout<orion_failure>.size)
            Self.passed(self.identity.pid)
            let reported =
                count == MemoryLayout<orion_failure>.size
                ? SpawnError(failure, of: self.request, program: self.program) : nil
            // The gate closes with the exec, and with the end of a child that was killed before.
            guard reported != nil || ProcessStatus(pid: self.identity.pid)?.isBeforeExec == true else {
                return body(.success(self.process))
            }
            self.process.onExit(on: queue) { status in
                self.process.reap()
                body(.failure(reported ?? SpawnError(endedAtItsGate: status, program: self.program)))
            }
        }
    }

    /// Lets the child start its program and returns once that runs, or throws what kept it from starting.
    func release(on queue: DispatchQueue) async throws(SpawnError) -> WatchedProcess {
        let outcome = await withCheckedContinuation { continuation in
            release(on: queue) { continuation.resume(returning: $0) }
        }
        return try outcome.get()
    }

    /// Ends the child instead, unless it has been released. Its program will never have run.
    func abandon() {
        guard takeGate() != nil else { return }
        Self.passed(identity.pid)
        process.signal(.kill)
        process.reapWhenDead()
    }

    /// Ends the child even after its release, if it has not come to its program: then `release` says so.
    func kill() {
        process.signal(.kill)
    }

    private func takeGate() -> Descriptor? {
        gate.withLock { $0.take() }
    }

    private static func fork(_ request: ProcessRequest, program: String) throws(SpawnError) -> orion_child {
        let environment = request.environment.map { "\($0.name)=\($0.value)" }
        let paths = [program, request.workingDirectory, request.stdoutPath, request.stderrPath]
        if let broken = (request.arguments + environment + paths).first(where: { $0.utf8.contains(0) }) {
            let shown = broken.prefix { $0 != "\0" }
            throw SpawnError(
                step: .arguments, errno: EINVAL, message: "cannot start \(program): a NUL byte follows `\(shown)`")
        }
        let strings = CStringArray(paths)
        let argumentArray = CStringArray(request.arguments)
        let environmentArray = CStringArray(environment)
        let limits = request.limits.map(\.raw)
        var child = orion_child()
        let failure = strings.withPointer { strings in
            argumentArray.withPointer { arguments in
                environmentArray.withPointer { environment in
                    limits.withUnsafeBufferPointer { limits in
                        var raw = orion_request(
                            program: strings?[0], arguments: arguments, environment: environment,
                            directory: strings?[1], stdout_path: strings?[2], stderr_path: strings?[3],
                            limits: limits.baseAddress, limit_count: limits.count,
                            cgroup: request.cgroup?.directory.number ?? -1,
                            ends_with_parent: request.endsWithAgent)
                        return orion_spawn(&raw, &child)
                    }
                }
            }
        }
        guard failure.step == 0 else { throw SpawnError(failure, of: request, program: program) }
        return child
    }

    private static func unidentified(_ program: String, pidfd: Descriptor) -> SpawnError {
        let number = errno
        _ = orion_pidfd_signal(pidfd.number, SIGKILL, false)
        var ended = orion_exit()
        var events = pollfd(fd: pidfd.number, events: Int16(POLLIN), revents: 0)
        poll(&events, 1, -1)
        _ = orion_child_exit(pidfd.number, true, &ended)
        return SpawnError(
            step: .fork, errno: number,
            message: "cannot start \(program): /proc does not show the new process: \(describe(errno: number))")
    }
}
