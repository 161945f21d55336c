import NIOCore

/// A message whose bytes have not all come, or that is compressed.
struct PartialMessage {
    let isText: Bool
    private(set) var bytes = ByteBuffer()
    private let limit: Int
    private var validator = UTF8Validator()
    private let deflate: DeflatePool?
    private var inflater: Inflater?

    init(_ first: FrameHeader, _ rules: FrameHeader.Rules) {
        isText = first.opcode == .text
        limit = rules.maximumMessageBytes
        deflate = first.isCompressed ? rules.deflate : nil
        inflater = deflate?.takeInflater()
    }

    /// What counts against the limit before the next frame has come.
    var countedBytes: Int { inflater == nil ? bytes.readableBytes : 0 }

    /// Adds a piece of a frame; what it makes of the text is judged at once.
    mutating func append(_ part: ByteBuffer) throws(Violation) {
        let before = bytes.readableBytes
        var violation: Violation?
        if let inflater {
            violation = part.withUnsafeReadableBytes { inflater.expand($0, into: &bytes, limit: limit) }
        } else {
            bytes.writeImmutableBuffer(part)
        }
        // First what came first, so that it does not matter in which pieces it came.
        try validate(from: before)
        if let violation { throw violation }
    }

    /// Its last frame has come.
    mutating func finish() throws(Violation) {
        if let inflater, let deflate {
            let before = bytes.readableBytes
            if let violation = inflater.finish(&bytes, limit: limit) { throw violation }
            deflate.giveBack(inflater)
            self.inflater = nil
            try validate(from: before)
        }
        guard !isText || validator.isComplete else { throw .cutCharacter }
    }

    private mutating func validate(from start: Int) throws(Violation) {
        guard isText else { return }
        let isValid = bytes.withUnsafeReadableBytes { all in
            validator.accepts(UnsafeRawBufferPointer(rebasing: all[start...]))
        }
        guard isValid else { throw .notUTF8 }
    }
}
