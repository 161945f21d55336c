/// Why the gateway ends a session by itself (protocol.md §4, Bad input); what a frame causes stands in the error table.
enum CloseCode {
    static let unsupportedData: UInt16 = 1003
    static let invalidPayload: UInt16 = 4400
    static let noHello: UInt16 = 4408
    static let doesNotDrain: UInt16 = 4413
}
