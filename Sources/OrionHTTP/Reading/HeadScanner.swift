/// Finds the end of a request's head in bytes as they come, and holds it to its limits.
///
/// The decoder decides what a head means. This one only counts, so that no byte is taken that belongs to the next
/// request, and none beyond the limits.
struct HeadScanner {
    enum Outcome: Equatable {
        /// All bytes belong to the head, and more of it is to come.
        case incomplete
        /// The head ends behind that many of the bytes.
        case complete(Int)
        case requestLineTooLong
        case tooLong
        /// A line begins with a space: obsolete line folding (RFC 9112 §5.2), with which heads are smuggled.
        case folded
        /// A line ends with LF alone, which others may read as no end.
        case bareLineFeed
    }

    private enum Position {
        /// Before the request line, where empty lines are skipped (RFC 9112 §2.2).
        case blank
        case requestLine
        case lineStart
        case line
        /// Behind the CR of an empty line.
        case lastReturn
    }

    private let lineLimit: Int
    private let limit: Int
    private var position = Position.blank
    private var lineBytes = 0
    private var isBehindReturn = false
    private(set) var count = 0

    /// The first byte of the request line.
    private(set) var firstByte: UInt8?

    init(_ limits: HTTPLimits) {
        lineLimit = limits.requestLineBytes
        limit = limits.headBytes
    }

    /// Whether nothing has come since the last head.
    var isEmpty: Bool { count == 0 }

    mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        var index = 0
        while index < bytes.count {
            // What would lie beyond the limit is not looked at: the work for a head is bounded by its limit.
            guard count < limit else { return .tooLong }
            if position == .line || position == .requestLine {
                let line = scanLine(bytes[index..<min(bytes.count, index + limit - count)])
                index += line.count
                if let outcome = line.outcome { return outcome }
                continue
            }
            let byte = bytes[index]
            index += 1
            count += 1
            isBehindReturn = byte == Self.carriageReturn
            switch position {
            case .blank where byte == Self.carriageReturn || byte == Self.lineFeed:
                continue
            case .blank:
                firstByte = byte
                position = .requestLine
                lineBytes = 1
            case .lineStart:
                switch byte {
                case Self.carriageReturn: position = .lastReturn
                case Self.lineFeed: return .bareLineFeed
                case UInt8(ascii: " "), UInt8(ascii: "\t"): return .folded
                default: position = .line
                }
            case .lastReturn:
                if byte == Self.lineFeed { return finish(index) }
                position = .line
            case .requestLine, .line:
                preconditionFailure("a line is scanned as a whole")
            }
        }
        return .incomplete
    }

    /// Goes to the end of a line, or of the bytes.
    private mutating func scanLine(_ bytes: Slice<UnsafeRawBufferPointer>) -> (count: Int, outcome: Outcome?) {
        var index = bytes.startIndex
        while index < bytes.endIndex, bytes[index] != Self.lineFeed { index += 1 }
        let isWhole = index < bytes.endIndex
        let scanned = index - bytes.startIndex + (isWhole ? 1 : 0)
        count += scanned
        if position == .requestLine {
            lineBytes += scanned
            if lineBytes > lineLimit { return (scanned, .requestLineTooLong) }
        }
        if index > bytes.startIndex { isBehindReturn = bytes[index - 1] == Self.carriageReturn }
        guard isWhole else { return (scanned, nil) }
        position = .lineStart
        return (scanned, isBehindReturn ? nil : .bareLineFeed)
    }

    private mutating func finish(_ index: Int) -> Outcome {
        position = .blank
        count = 0
        return .complete(index)
    }

    private static let carriageReturn = UInt8(ascii: "\r")
    private static let lineFeed = UInt8(ascii: "\n")
}
