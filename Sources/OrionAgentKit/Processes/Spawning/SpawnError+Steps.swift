import COrionSpawn
import Glibc

extension SpawnError {
    /// The error for what the C side reports about `request`, whose program is the file `program`.
    init(_ failure: orion_failure, of request: ProcessRequest, program: String) {
        let reason = describe(errno: failure.error)
        let (step, cause): (Step, String) =
            switch UInt32(bitPattern: failure.step) {
            case ORION_STEP_FORK.rawValue: (.fork, Self.forkCause(failure.error))
            case ORION_STEP_SESSION.rawValue: (.session, "its session cannot be made: \(reason)")
            case ORION_STEP_LIMITS.rawValue: (.limits, "its resource limits cannot be set: \(reason)")
            case ORION_STEP_DIRECTORY.rawValue:
                (.workingDirectory, "cannot change to its directory \(request.workingDirectory): \(reason)")
            case ORION_STEP_STDIN.rawValue: (.stdin, "cannot open /dev/null: \(reason)")
            case ORION_STEP_STDOUT.rawValue: (.stdout, "cannot open \(request.stdoutPath) for its output: \(reason)")
            case ORION_STEP_STDERR.rawValue: (.stderr, "cannot open \(request.stderrPath) for its errors: \(reason)")
            case ORION_STEP_CGROUP.rawValue:
                (.cgroup, "cannot enter the cgroup \(request.cgroup?.path ?? ""): \(reason)")
            case ORION_STEP_EXEC.rawValue: (.exec, Self.execCause(failure.error, request, program))
            default: (.gate, Self.gateCause(failure.error))
            }
        self.init(step: step, errno: failure.error, message: "cannot start \(program): \(cause)")
    }

    /// The error for a child that was let through its gate, and ended before the exec.
    init(endedAtItsGate status: ExitStatus, program: String) {
        self.init(
            step: .gate, errno: ECANCELED, message: "cannot start \(program): \(status) before its program ran")
    }

    private static func forkCause(_ number: Int32) -> String {
        switch number {
        case EAGAIN: "no more processes are allowed (ulimit -u, pids.max of the cgroup or kernel.pid_max)"
        case ENOMEM: "the machine has no memory left for another process"
        case EMFILE: "the agent may not open more files (ulimit -n)"
        case ENFILE: "the machine has no file handles left"
        default: "fork failed: \(describe(errno: number))"
        }
    }

    private static func gateCause(_ number: Int32) -> String {
        number == EMFILE || number == ENFILE || number == ENOMEM
            ? forkCause(number) : "no channel to the new process: \(describe(errno: number))"
    }

    private static func execCause(_ number: Int32, _ request: ProcessRequest, _ program: String) -> String {
        let path = program.hasPrefix("/") ? program : request.workingDirectory + "/" + program
        switch number {
        case ENOENT where access(path, F_OK) == 0:
            if let interpreter = Interpreter.named(by: path) {
                return "its first line names the interpreter \(interpreter), which does not exist"
            }
            return "the dynamic loader that it was linked for does not exist on this machine"
        case EACCES where FileKind(of: path) == .directory:
            return "it is a directory"
        case ENOEXEC:
            return "it is neither a program for this machine nor a script with a #! line"
        case E2BIG:
            return "its arguments and environment are too large"
        default:
            return describe(errno: number)
        }
    }
}

/// What a path leads to, as far as starting it is concerned.
enum FileKind {
    case missing, file, directory, other

    init(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            self = .missing
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: self = .file
        case S_IFDIR: self = .directory
        default: self = .other
        }
    }
}

/// The interpreter that a script asks for.
private enum Interpreter {
    /// The kernel reads as much of a script (BINPRM_BUF_SIZE).
    static let lineBytes = 256

    static func named(by path: String) -> String? {
        guard let file = Descriptor.open(path, O_RDONLY) else { return nil }
        var bytes = [UInt8](repeating: 0, count: lineBytes)
        let count = read(file.number, &bytes, bytes.count)
        guard count > 2, bytes[0] == UInt8(ascii: "#"), bytes[1] == UInt8(ascii: "!") else { return nil }
        let line = bytes[2..<count].prefix { $0 != UInt8(ascii: "\n") }
        let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        // A carriage return is part of the name that the kernel looks for, and of the explanation.
        return words.first.map { String(decoding: $0, as: UTF8.self).replacingCarriageReturn }
    }
}

extension String {
    /// Shows the line end of a script that was written on Windows, which is a frequent reason for a missing interpreter.
    fileprivate var replacingCarriageReturn: String {
        utf8.last == UInt8(ascii: "\r") ? String(decoding: utf8.dropLast(), as: UTF8.self) + "\\r" : self
    }
}
