import NIOCore
import OrionCore

/// The last of one output, as whole lines: what an agent sent and those who follow have not all read, and some more for
/// those who come later.
struct LogBacklog {
    struct Piece {
        var start: Int64
        var end: Int64
        /// One line or several; one where it is not exact.
        var text: [UInt8]

        /// Whether a place in the text is a place in the file: it is not where invalid bytes were replaced.
        var isExact: Bool { Int64(text.count) == end - start }
        /// Bytes that count against the limit: of the file or of memory, whichever are more.
        var costBytes: Int64 { max(end - start, Int64(text.count)) + LogBacklog.pieceCostBytes }
    }

    /// Bytes that a piece takes beside its text: its array's head, what the allocator adds, and its place among the others.
    private static let pieceCostBytes: Int64 = 80

    /// Small pieces are put together up to this, so that each carries more than it costs.
    private static let pieceBytes = 8 * 1024

    private let limitBytes: Int64
    private(set) var pieces = CircularBuffer<Piece>()
    /// What they count together.
    private var piecesCostBytes: Int64 = 0
    /// The line whose end has not come yet.
    private var line: [UInt8] = []
    private var lineStart: Int64 = 0
    /// Whether the rest of a line is thrown away whose beginning is missing.
    private var dropsLine = false
    /// Up to where the agent has sent; nil before it has.
    private(set) var position: Int64?
    /// Whether everything is kept that has come.
    private(set) var isWhole = true
    /// Whether nothing will come any more.
    private(set) var isFinished = false

    init(limitBytes: Int64 = ServerLimits.logBacklogBytes) { self.limitBytes = limitBytes }

    /// The first byte that can be read.
    var start: Int64? { pieces.first?.start ?? end }

    /// Up to where there are whole lines.
    var end: Int64? { position.map { line.isEmpty ? $0 : lineStart } }

    /// Whether what comes is of no use to anyone.
    var isDropping: Bool { dropsLine }

    /// Bytes of the file that are kept.
    var keptBytes: Int64 { (position ?? 0) - (start ?? 0) }

    // MARK: - Coming in

    mutating func append(_ chunk: LogChunk) {
        if let position, chunk.offset < position {
            // Somebody has truncated the file: it begins anew.
            pieces.removeAll()
            piecesCostBytes = 0
            line = []
            isWhole = false
            dropsLine = (chunk.skipped ?? 0) > 0
        } else if let position, chunk.offset > position {
            endLine(at: position)
            dropsLine = true
        } else if position == nil {
            dropsLine = (chunk.skipped ?? 0) > 0
        }
        let end = chunk.offset + chunk.length
        position = end
        var text = Array(chunk.data.utf8)[...]
        var offset = chunk.offset
        let isExact = Int64(text.count) == chunk.length
        if dropsLine { dropLine(&text, &offset, isExact) }
        if isExact { append(text, at: offset) } else { appendInexact(text, at: offset, to: end) }
        trim()
    }

    /// Nothing will come any more: what there is of a line is the line.
    mutating func finish() {
        isFinished = true
        if let position { endLine(at: position) }
    }

    private mutating func dropLine(_ text: inout ArraySlice<UInt8>, _ offset: inout Int64, _ isExact: Bool) {
        guard isExact else {
            if text.last == 0x0A { dropsLine = false }
            text = []
            return
        }
        let newline = text.firstIndex(of: 0x0A)
        let end = newline.map { $0 + 1 } ?? text.endIndex
        offset += Int64(end - text.startIndex)
        text = text[end...]
        if newline != nil { dropsLine = false }
    }

    private mutating func append(_ text: ArraySlice<UInt8>, at offset: Int64) {
        var text = text
        var offset = offset
        if !line.isEmpty, let newline = text.firstIndex(of: 0x0A) {
            line += text[...newline]
            offset += Int64(newline + 1 - text.startIndex)
            text = text[(newline + 1)...]
            endLine(at: offset)
        }
        if line.isEmpty, let newline = text.lastIndex(of: 0x0A) {
            let end = offset + Int64(newline + 1 - text.startIndex)
            add(Piece(start: offset, end: end, text: Array(text[...newline])))
            offset = end
            text = text[(newline + 1)...]
        }
        extendLine(text, at: offset, to: offset + Int64(text.count))
    }

    /// Such a text is one line of our agents, or a part of one. Of several, each gets some bytes of the file, so that a
    /// reader can stop behind any: the bytes that its text takes, as long as one is left for each that follows.
    private mutating func appendInexact(_ text: ArraySlice<UInt8>, at offset: Int64, to end: Int64) {
        var text = text
        var offset = offset
        var breaks = text.count { $0 == 0x0A } + (text.last == 0x0A ? 0 : 1)
        while breaks > 1, let newline = text.firstIndex(of: 0x0A) {
            breaks -= 1
            let length = min(Int64(newline + 1 - text.startIndex), end - offset - Int64(breaks))
            guard length > 0 else { break }
            extendLine(text[...newline], at: offset, to: offset + length)
            offset += length
            text = text[(newline + 1)...]
            endLine(at: offset)
        }
        extendLine(text, at: offset, to: end)
        if text.last == 0x0A { endLine(at: end) }
    }

    private mutating func extendLine(_ text: ArraySlice<UInt8>, at offset: Int64, to end: Int64) {
        if line.isEmpty { lineStart = offset }
        line += text
        if line.count >= ServerLimits.logLineBytes { endLine(at: end) }
    }

    private mutating func endLine(at end: Int64) {
        guard !line.isEmpty else { return }
        add(Piece(start: lineStart, end: end, text: line))
        line = []
    }

    private mutating func add(_ piece: Piece) {
        if let last = pieces.last, last.isExact, piece.isExact, last.end == piece.start, last.text.last == 0x0A,
            last.text.count + piece.text.count <= Self.pieceBytes
        {
            pieces.modify(pieces.index(before: pieces.endIndex)) { last in
                last.text += piece.text
                last.end = piece.end
            }
            piecesCostBytes += Int64(piece.text.count)
        } else {
            pieces.append(piece)
            piecesCostBytes += piece.costBytes
        }
    }

    private mutating func trim() {
        while pieces.count > 1, piecesCostBytes + Int64(line.count) > limitBytes {
            piecesCostBytes -= pieces.removeFirst().costBytes
            isWhole = false
        }
    }
}
