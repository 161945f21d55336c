import NIOSSL

/// The number of an error in BoringSSL's library `SSL` (openssl/ssl.h). What the other side told in an alert has the
/// alert's number and a thousand (RFC 8446 §6).
struct TLSErrorNumber: RawRepresentable, Hashable {
    let rawValue: UInt32

    static let certificateRefused = TLSErrorNumber(rawValue: 125)
    static let noCertificate = TLSErrorNumber(rawValue: 192)
    static let unsupportedVersion = TLSErrorNumber(rawValue: 240)
    static let noVersion = TLSErrorNumber(rawValue: 247)
    static let toldBad = TLSErrorNumber(rawValue: 1042)
    static let toldUnsupported = TLSErrorNumber(rawValue: 1043)
    static let toldRevoked = TLSErrorNumber(rawValue: 1044)
    static let toldExpired = TLSErrorNumber(rawValue: 1045)
    static let toldUnknown = TLSErrorNumber(rawValue: 1046)
    static let toldUnknownAuthority = TLSErrorNumber(rawValue: 1048)
    static let toldDenied = TLSErrorNumber(rawValue: 1049)
    static let toldUnverified = TLSErrorNumber(rawValue: 1051)
    static let toldVersion = TLSErrorNumber(rawValue: 1070)
    static let toldMissing = TLSErrorNumber(rawValue: 1116)

    init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The first of the numbers that an error carries.
    init?(_ error: any Error) {
        let codes = Self.stack(of: error).compactMap(Self.code(of:))
        guard let code = codes.first(where: { $0 >> 24 == Self.library }) else { return nil }
        self.init(rawValue: code & 0xFFF)
    }

    /// `ERR_LIB_SSL`, which stands above the number (`ERR_PACK`).
    private static let library: UInt32 = 16

    /// NIOSSL keeps the number to itself but for the description, which is `Error: `, the number, and the words.
    private static func code(of entry: BoringSSLInternalError) -> UInt32? {
        UInt32(entry.description.dropFirst("Error: ".count).prefix { $0.isASCII && $0.isNumber })
    }

    private static func stack(of error: any Error) -> NIOBoringSSLErrorStack {
        switch error {
        case NIOSSLError.handshakeFailed(let cause), NIOSSLError.shutdownFailed(let cause): stack(of: cause)
        case BoringSSLError.sslError(let stack), BoringSSLError.unknownError(let stack): stack
        default: []
        }
    }
}
