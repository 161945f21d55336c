/// Finds the end of a chunked body (RFC 9112 §7.1) in bytes as they come.
///
/// Like ``HeadScanner`` it only counts; where the bytes are no chunked body it passes them on, and the decoder, which
/// reads them too, says what is wrong.
struct ChunkScanner {
    enum Outcome: Equatable {
        case incomplete
        /// The body ends behind that many of the bytes.
        case complete(Int)
        /// More data than the limit, announced or come.
        case tooLong
        /// More sizes, extensions and trailers than the limit.
        case tooMuchOverhead
    }

    private enum Position {
        case size
        case extensions
        case data
        case dataReturn
        case dataLineFeed
        case trailerStart
        case trailer
        case lastReturn
        case invalid
    }

    private var position = Position.size
    private var chunkBytes = 0
    private var dataRest: Int
    private var overheadRest: Int

    init(limit: Int, overheadLimit: Int) {
        dataRest = limit
        overheadRest = overheadLimit
    }

    mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        var index = 0
        while index < bytes.count {
            if position == .data {
                let count = min(chunkBytes, bytes.count - index)
                index += count
                chunkBytes -= count
                if chunkBytes == 0 { position = .dataReturn }
                continue
            }
            let byte = bytes[index]
            index += 1
            overheadRest -= 1
            if overheadRest < 0 { return .tooMuchOverhead }
            switch step(byte) {
            case .incomplete: continue
            case .complete: return .complete(index)
            case .tooLong: return .tooLong
            case .tooMuchOverhead: return .tooMuchOverhead
            }
        }
        return .incomplete
    }

    private mutating func step(_ byte: UInt8) -> Outcome {
        let isLineFeed = byte == UInt8(ascii: "\n")
        let isReturn = byte == UInt8(ascii: "\r")
        switch position {
        case .size:
            if let digit = PercentEncoding.hexDigit(byte) {
                let (shifted, isTooLong) = chunkBytes.multipliedReportingOverflow(by: 16)
                chunkBytes = shifted | Int(digit)
                return isTooLong || chunkBytes > dataRest ? .tooLong : .incomplete
            }
            if isLineFeed { endOfSize() } else { position = .extensions }
        case .extensions:
            if isLineFeed { endOfSize() }
        case .dataReturn: position = isReturn ? .dataLineFeed : .invalid
        case .dataLineFeed: position = isLineFeed ? .size : .invalid
        case .trailerStart:
            if isLineFeed { return .complete(0) }
            position = isReturn ? .lastReturn : .trailer
        case .trailer:
            if isLineFeed { position = .trailerStart }
        case .lastReturn:
            if isLineFeed { return .complete(0) }
            position = .trailer
        case .data, .invalid: break
        }
        return .incomplete
    }

    private mutating func endOfSize() {
        dataRest -= chunkBytes
        position = chunkBytes == 0 ? .trailerStart : .data
    }
}
