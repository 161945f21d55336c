/// How a process ended.
package enum ExitStatus: Hashable, Sendable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Signal)
    /// It is dead, and the kernel is too old (before Linux 6.15) to tell anyone but its parent how it came to that.
    case unknown

    /// Decodes what `wait` gives.
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7f
        self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .signalled(Signal(rawValue: signal))
    }

    var exitCode: Int32? {
        if case .exited(let code) = self { code } else { nil }
    }

    var signalNumber: Int32? {
        if case .signalled(let signal) = self { signal.rawValue } else { nil }
    }

    var isSuccess: Bool { self == .exited(0) }

    package var description: String {
        switch self {
        case .exited(let code): "exited with status \(code)"
        case .signalled(let signal): "ended by \(signal.name)"
        case .unknown: "ended, with a status that this kernel does not tell"
        }
    }
}
