import HashTreeCollections
import OrionCore

/// What waits for a moment. Each subject has one deadline at most: the earliest that was asked for.
struct Timers: Sendable {
    /// Whose deadline it is; what is due is found out from the state when it passes.
    enum Subject: Hashable, Sendable {
        case service(ServiceName)
        case node(NodeID)
        case session(SessionID)
        case startGrace
        /// Something that the next step finds by itself, and that is not to wait.
        case atOnce
    }

    private struct Entry: Comparable, Sendable {
        let deadline: Instant
        let number: UInt64
        let subject: Subject
        static func == (left: Entry, right: Entry) -> Bool { left.number == right.number }
        static func < (left: Entry, right: Entry) -> Bool {
            (left.deadline, left.number) < (right.deadline, right.number)
        }
    }

    private var queue = SortedTree<Entry>()
    private var entries: TreeDictionary<Subject, Entry> = [:]
    private var lastNumber: UInt64 = 0

    /// The earliest deadline.
    var next: Instant? { queue.first?.deadline }

    /// Asks for a step at `deadline`. O(log n).
    mutating func schedule(_ subject: Subject, at deadline: Instant) {
        if let earlier = entries[subject] {
            guard deadline < earlier.deadline else { return }
            queue.remove(earlier)
        }
        lastNumber += 1
        let entry = Entry(deadline: deadline, number: lastNumber, subject: subject)
        entries[subject] = entry
        queue.insert(entry)
    }

    /// Waits no more for a subject.
    mutating func cancel(_ subject: Subject) {
        guard let entry = entries[subject] else { return }
        entries[subject] = nil
        queue.remove(entry)
    }

    /// The subjects whose deadline has passed, earliest first; each is gone from here.
    mutating func takeDue(at now: Instant) -> [Subject] {
        var due: [Subject] = []
        while let entry = queue.first, entry.deadline <= now {
            queue.remove(entry)
            entries[entry.subject] = nil
            due.append(entry.subject)
        }
        return due
    }
}
