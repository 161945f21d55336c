internal import Glibc

/// The system's numbers for what keeps a connection from being made.
enum SystemCode {
    static let connectionRefused = ECONNREFUSED
    static let connectionReset = ECONNRESET
    static let noRouteToHost = EHOSTUNREACH
    static let networkUnreachable = ENETUNREACH
}
