/// JSON text as it is written: the bytes so far, and the containers that are open.
///
/// The members of an object are written as they come and put in order when it is complete, so that equal values give
/// equal bytes whatever order their dictionaries have today.
struct JSONText {
    /// What a value turned out to be.
    enum Kind { case none, single, object, array }

    /// A value that is being written.
    private struct Frame {
        var kind = Kind.none
        /// Where its text begins.
        let start: Int
        /// The first of its members in `members`.
        let firstMember: Int
        var count = 0
    }

    var bytes: [UInt8] = []
    private var frames: [Frame] = []
    /// The members of all open objects: their keys, and where their text (key and value) begins.
    private var members: [(key: String, start: Int)] = []
    /// Where the members of an object are put in order.
    private var scratch: [UInt8] = []

    init() {
        bytes.reserveCapacity(1024)
        frames.reserveCapacity(8)
        members.reserveCapacity(64)
    }

    /// Begins a value; closed by the next step of a container below it, or by `close`.
    mutating func open() -> Int {
        frames.append(Frame(start: bytes.count, firstMember: members.count))
        return frames.count - 1
    }

    /// Begins the container that the value in `frame` is; asking again goes on with it.
    mutating func begin(_ kind: Kind, in frame: Int) {
        close(above: frame)
        guard frames[frame].kind == .none else { return }
        frames[frame].kind = kind
        switch kind {
        case .object: bytes.append(UInt8(ascii: "{"))
        case .array: bytes.append(UInt8(ascii: "["))
        case .none, .single: break
        }
    }

    /// Begins the next element of an array.
    mutating func element(in frame: Int) {
        close(above: frame)
        if frames[frame].count > 0 { bytes.append(UInt8(ascii: ",")) }
        frames[frame].count += 1
    }

    /// How many elements an array has so far.
    func count(in frame: Int) -> Int { frames[frame].count }

    /// Begins the next member of an object.
    mutating func member(_ key: String, in frame: Int) {
        close(above: frame)
        if frames[frame].count > 0 { bytes.append(UInt8(ascii: ",")) }
        frames[frame].count += 1
        members.append((key, bytes.count))
        bytes.appendJSON(key)
        bytes.append(UInt8(ascii: ":"))
    }

    /// Ends every value that was begun after `frame`.
    mutating func close(above frame: Int) {
        while frames.count > frame + 1, let last = frames.popLast() {
            switch last.kind {
            case .none: bytes += [UInt8(ascii: "{"), UInt8(ascii: "}")]
            case .single: break
            case .array: bytes.append(UInt8(ascii: "]"))
            case .object:
                sort(last)
                bytes.append(UInt8(ascii: "}"))
            }
        }
    }

    /// Puts the members of an object in the order of their keys.
    private mutating func sort(_ frame: Frame) {
        let first = frame.firstMember
        let count = members.count - first
        defer { members.removeLast(count) }
        var isSorted = true
        for index in members.indices.dropFirst(first + 1) where members[index].key < members[index - 1].key {
            isSorted = false
            break
        }
        if isSorted { return }
        let order = (first..<first + count).sorted { members[$0].key < members[$1].key }
        let start = frame.start + 1
        scratch.removeAll(keepingCapacity: true)
        for index in order {
            if !scratch.isEmpty { scratch.append(UInt8(ascii: ",")) }
            let end = index + 1 < members.count ? members[index + 1].start - 1 : bytes.count
            scratch += bytes[members[index].start..<end]
        }
        bytes.replaceSubrange(start..., with: scratch)
    }
}
