import OrionCore

/// Replicas by when something is due for them, the earliest first: a binary heap that knows where each one stands.
struct DueQueue: Sendable {
    private struct Entry {
        var id: ReplicaID
        var due: ContinuousClock.Instant
    }

    private var heap: [Entry] = []
    private var places: [ReplicaID: Int] = [:]

    var count: Int { heap.count }

    /// The earliest of all; O(1).
    var first: (id: ReplicaID, due: ContinuousClock.Instant)? {
        heap.first.map { ($0.id, $0.due) }
    }

    /// Adds a replica, or moves it; O(log n).
    mutating func set(_ id: ReplicaID, due: ContinuousClock.Instant) {
        if let place = places[id] {
            heap[place].due = due
            settle(place)
        } else {
            heap.append(Entry(id: id, due: due))
            places[id] = heap.count - 1
            settle(heap.count - 1)
        }
    }

    /// Removes a replica if it is there; O(log n).
    mutating func remove(_ id: ReplicaID) {
        guard let place = places.removeValue(forKey: id) else { return }
        let last = heap.removeLast()
        guard place < heap.count else { return }
        heap[place] = last
        places[last.id] = place
        settle(place)
    }

    private mutating func settle(_ start: Int) {
        var place = start
        while place > 0, heap[place].due < heap[(place - 1) / 2].due {
            exchange(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count && heap[child].due < heap[least].due {
                least = child
            }
            if least == place { return }
            exchange(place, least)
            place = least
        }
    }

    private mutating func exchange(_ one: Int, _ other: Int) {
        heap.swapAt(one, other)
        places[heap[one].id] = one
        places[heap[other].id] = other
    }
}
