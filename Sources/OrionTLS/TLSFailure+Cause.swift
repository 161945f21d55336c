import NIOCore
import NIOSSL

/// From what NIOSSL throws to what was wrong.
extension TLSFailure {
    /// - Parameters:
    ///   - certificate: what the other side has shown, if it has.
    ///   - now: seconds since the Unix epoch.
    init(_ error: any Error, of certificate: NIOSSLCertificate?, at side: TLSSide, now: Int) {
        if Self.isAboutHost(error) {
            self.init(wrongHost: certificate, at: side)
        } else if let number = TLSErrorNumber(error) {
            self = TLSFailure(number, certificate, side, now) ?? Self.broken(error, side)
        } else {
            self = Self.broken(error, side)
        }
    }

    /// Whether an error is NIOSSL's, of a connection that could not be made secure.
    package static func isOne(_ error: any Error) -> Bool {
        error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError
    }

    /// What was wrong, as far as a client can tell without the server's certificate.
    package init(_ error: any Error) {
        self.init(error, of: nil, at: .client(host: ""), now: 0)
    }

    /// The handshake stood still.
    static func stalled(_ side: TLSSide) -> TLSFailure {
        TLSFailure(.broken, nil, "\(side.other) has not set TLS up in time")
    }

    private static func isAboutHost(_ error: any Error) -> Bool {
        if let error = error as? NIOSSLExtraError {
            return error == .failedToValidateHostname || error == .serverHostnameImpossibleToMatch
        }
        if let error = error as? NIOSSLError { return error == .unableToValidateCertificate }
        return false
    }

    private init(wrongHost certificate: NIOSSLCertificate?, at side: TLSSide) {
        let names = certificate?.hosts ?? []
        let list = names.isEmpty ? "no host" : names.joined(separator: ", ")
        let host = if case .client(let host) = side { host } else { "" }
        self.init(
            .wrongHost, .theirs,
            "the server's certificate is for \(list), not for \(host): reach it by a name of its certificate, or have one "
                + "made for \(host)")
    }

    private init?(_ number: TLSErrorNumber, _ certificate: NIOSSLCertificate?, _ side: TLSSide, _ now: Int) {
        let (other, own) = (side.other, "\(side.other) refuses our certificate")
        switch number {
        case .certificateRefused: self.init(theirs: certificate, at: side, now: now)
        case .noCertificate:
            self.init(.missing, .theirs, "\(other) shows no certificate, and one is asked for")
        case .toldExpired: self.init(.expired, .ours, "\(own): it has expired, or is not valid yet")
        case .toldUnknownAuthority:
            self.init(.unknownAuthority, .ours, "\(own): it is signed by no authority that \(other) trusts")
        case .toldMissing:
            self.init(
                .missing, .ours,
                "\(other) asks for a certificate, and none was shown: give one with --tls-cert and --tls-key")
        case .toldBad, .toldUnsupported, .toldRevoked, .toldUnknown, .toldDenied, .toldUnverified:
            self.init(
                .unacceptable, .ours,
                "\(own), and does not say why: see whether it is meant for this")
        case .noVersion:
            self.init(.notTLS, nil, "\(other) does not speak TLS")
        case .unsupportedVersion, .toldVersion:
            self.init(.noCommonVersion, nil, "\(other) speaks no version of TLS that is spoken here (1.2 and newer)")
        default: return nil
        }
    }

    private init(theirs certificate: NIOSSLCertificate?, at side: TLSSide, now: Int) {
        let name = "\(side.other)'s certificate"
        guard let certificate else {
            self.init(.unacceptable, .theirs, "\(name) cannot be read")
            return
        }
        if certificate.notValidAfter < now {
            self.init(.expired, .theirs, "\(name) expired at \(UTC.text(certificate.notValidAfter))")
        } else if certificate.notValidBefore > now {
            self.init(
                .notYetValid, .theirs,
                "\(name) is not valid before \(UTC.text(certificate.notValidBefore)): see that both clocks are right")
        } else {
            let kind = if case .server = side { "a client's" } else { "a server's" }
            self.init(
                .unknownAuthority, .theirs,
                "\(name) is signed by no authority that is trusted here for \(kind): see which --tls-\(side.flag) names"
            )
        }
    }

    private static func broken(_ error: any Error, _ side: TLSSide) -> TLSFailure {
        switch error {
        case NIOSSLError.handshakeFailed(.sslError(let stack)) where stack == [.eofDuringHandshake]:
            TLSFailure(.broken, nil, "\(side.other) closed the connection before it was secure")
        case NIOSSLError.uncleanShutdown, is IOError, ChannelError.eof:
            TLSFailure(.broken, nil, "\(side.other) closed the connection without a word")
        default: TLSFailure(.broken, nil, "TLS could not be set up: \(error)")
        }
    }
}

extension TLSSide {
    /// Which setting names the authorities.
    fileprivate var flag: String {
        switch self {
        case .server: "client-ca"
        case .client: "ca"
        }
    }
}
