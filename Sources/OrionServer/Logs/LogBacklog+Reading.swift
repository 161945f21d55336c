import NIOCore

extension LogBacklog {
    /// Some lines.
    struct Stretch {
        struct Line {
            /// Without its line break.
            var text: ArraySlice<UInt8>
            /// The byte of the file behind it.
            var end: Int64
        }

        /// Bytes before them that are not to be had.
        var missed: Int64 = 0
        /// Where they begin.
        var start: Int64
        var lines: [Line] = []

        /// Behind them.
        var end: Int64 { lines.last?.end ?? start }
    }

    /// The next lines from a place on, at least one, and then at most so many bytes; nil where there is none.
    func lines(from place: Int64, atMost limit: Int) -> Stretch? {
        guard let piece = piece(behind: place) else {
            guard isFinished, let position, place < position else { return nil }
            return Stretch(missed: position - place, start: position)
        }
        var stretch = Stretch(missed: max(0, piece.start - place), start: max(place, piece.start))
        guard piece.isExact else {
            let text = piece.text.last == 0x0A ? piece.text.dropLast() : piece.text[...]
            stretch.lines = [Stretch.Line(text: text, end: piece.end)]
            return stretch
        }
        // It ends behind the place, and has as many bytes as it stands for.
        let first = Int(stretch.start - piece.start)
        var rest = piece.text[first...]
        while !rest.isEmpty, rest.startIndex - first < limit {
            let newline = rest.firstIndex(of: 0x0A)
            let end = newline.map { $0 + 1 } ?? rest.endIndex
            stretch.lines.append(Stretch.Line(text: rest[..<(newline ?? end)], end: piece.start + Int64(end)))
            rest = rest[end...]
        }
        return stretch
    }

    /// Where the last lines begin; nil where not so many are kept.
    func place(ofLastLines count: Int) -> Int64? {
        var missing = count
        guard missing > 0 else { return end }
        for piece in pieces.reversed() {
            if piece.isExact {
                for index in piece.text.indices.dropLast().reversed() where piece.text[index] == 0x0A {
                    missing -= 1
                    if missing == 0 { return piece.start + Int64(index) + 1 }
                }
            }
            missing -= 1
            if missing == 0 { return piece.start }
        }
        return nil
    }

    /// The first piece that ends behind a place: they are in order.
    private func piece(behind place: Int64) -> Piece? {
        var low = 0
        var high = pieces.count
        while low < high {
            let middle = (low + high) / 2
            if pieces[offset: middle].end <= place { low = middle + 1 } else { high = middle }
        }
        return low < pieces.count ? pieces[offset: low] : nil
    }
}
