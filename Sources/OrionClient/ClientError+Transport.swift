internal import AsyncHTTPClient
internal import NIOCore
internal import NIOPosix
internal import OrionTLS

extension ClientError {
    /// What a person should read when a request could not be sent or its answer not be read.
    init(sending error: any Error, to server: String, timeoutSeconds: Double) {
        let doubt = "what was asked for may have happened: look before you try again"
        let advice = "is orion-api running there? Another address is given with --server or ORION_API"
        switch error {
        case let error as HTTPClientError where error == .connectTimeout:
            self.init(.unreachable, "cannot reach orion-api at \(server): no answer to the connection; \(advice)")
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout:
            let time = timeoutSeconds.formattedSeconds
            self.init(.timedOut, "orion-api at \(server) did not answer within \(time) s; \(doubt)")
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            self.init(
                .unreachable, "orion-api at \(server) closed the connection before it answered; \(doubt)")
        case is CancellationError:
            self.init(.timedOut, "the request to orion-api at \(server) was cancelled")
        case let error as HTTPClientError where error == .cancelled:
            self.init(.timedOut, "the request to orion-api at \(server) was cancelled")
        case is NIOTooManyBytesError:
            self.init(.unexpectedAnswer, "what \(server) answered is too large for orion-api's: \(advice)")
        default:
            self.init(.unreachable, "cannot reach orion-api at \(server): \(Self.reason(error)); \(advice)")
        }
    }

    /// What a person should read when the connection could not be made secure.
    init(_ failure: TLSFailure, to server: String) {
        // A server that went away is worth another try; a certificate is not.
        let code: Code = failure.reason == .broken ? .unreachable : .insecure(failure.reason)
        self.init(code, "no secure connection to orion-api at \(server): \(failure)")
    }

    /// The cause in the system's words, without the types it came wrapped in.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { return reason(first.error) }
            return "no address was found for the host '\(error.host)'"
        case let error as IOError:
            return error.systemText
        default:
            return String(describing: error)
        }
    }
}

extension IOError {
    /// `Connection refused`, without the name of the call that failed.
    fileprivate var systemText: String {
        switch errnoCode {
        case SystemCode.connectionRefused: "connection refused"
        case SystemCode.noRouteToHost: "no route to the host"
        case SystemCode.networkUnreachable: "the network is unreachable"
        case SystemCode.connectionReset: "the connection was reset"
        default: description
        }
    }
}

extension Double {
    /// `30`, or `0.5`.
    fileprivate var formattedSeconds: String {
        rounded() == self && magnitude < 1e9 ? String(Int(self)) : String(self)
    }
}
