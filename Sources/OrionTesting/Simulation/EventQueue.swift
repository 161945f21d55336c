/// What is to happen, by the time at which it does: a binary heap. What was scheduled earlier comes earlier at the same time.
struct EventQueue<Event> {
    private struct Entry {
        let time: Int64
        let number: UInt64
        let event: Event

        func isBefore(_ other: Entry) -> Bool {
            time == other.time ? number < other.number : time < other.time
        }
    }

    private var heap: [Entry] = []
    private var lastNumber: UInt64 = 0

    /// Lets something happen at `time`, in nanoseconds. O(log n).
    mutating func schedule(_ event: Event, at time: Int64) {
        lastNumber += 1
        heap.append(Entry(time: time, number: lastNumber, event: event))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// What happens next, and when. O(log n).
    mutating func next() -> (time: Int64, event: Event)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.time, first.event)
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].isBefore(heap[least])
            {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
