import HashTreeCollections
import HeapModule
import OrionCore

/// What waits for a moment. Each subject has one deadline at most: the earliest that was asked for.
struct Timers: Sendable {
    /// Whose deadline it is; what is due is found out from the state when it passes.
    enum Subject: Hashable, Sendable {
        case service(ServiceName)
        case node(NodeID)
        case session(SessionID)
        case startGrace
        /// Launches to agents with base fields alone that have been sent by now.
        case sentLaunches
    }

    private struct Entry: Comparable, Sendable {
        let deadline: Instant
        let subject: Subject
        static func == (left: Entry, right: Entry) -> Bool {
            left.deadline == right.deadline && left.subject == right.subject
        }
        static func < (left: Entry, right: Entry) -> Bool { left.deadline < right.deadline }
    }

    private var heap = Heap<Entry>()
    private var deadlines: TreeDictionary<Subject, Instant> = [:]

    /// The earliest deadline.
    var next: Instant? { heap.min?.deadline }

    /// Asks for a step at `deadline`. O(log n).
    mutating func schedule(_ subject: Subject, at deadline: Instant) {
        if let earlier = deadlines[subject], earlier <= deadline { return }
        deadlines[subject] = deadline
        heap.insert(Entry(deadline: deadline, subject: subject))
    }

    /// The subjects whose deadline has passed, earliest first; each is gone from here.
    mutating func takeDue(at now: Instant) -> [Subject] {
        var due: [Subject] = []
        while let entry = heap.min, entry.deadline <= now {
            heap.removeMin()
            // A later entry of a subject that was asked for earlier since has no say.
            guard deadlines[entry.subject] == entry.deadline else { continue }
            deadlines[entry.subject] = nil
            due.append(entry.subject)
        }
        return due
    }
}
