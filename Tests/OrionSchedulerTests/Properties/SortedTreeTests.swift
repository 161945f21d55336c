import Testing

@testable import OrionScheduler

@Suite struct SortedTreeTests {
    @Test func itIsASetInOrderUnderAnyChanges() {
        var random = SplitMix(seed: 11)
        var tree = SortedTree<Int>()
        var model: Set<Int> = []
        for _ in 0..<4_000 {
            let number = Int.random(in: 0..<300, using: &random)
            if random.chance(55) {
                tree.insert(number)
                model.insert(number)
            } else {
                tree.remove(number)
                model.remove(number)
            }
            #expect(tree.count == model.count && tree.first == model.min() && tree.last == model.max())
            #expect(tree.contains(number) == model.contains(number))
        }
        #expect(Array(tree) == model.sorted())
    }

    @Test func aCopyIsNotChanged() {
        var tree = SortedTree<Int>()
        for number in 0..<100 { tree.insert(number) }
        let copy = tree
        for number in 0..<50 { tree.remove(number) }
        #expect(Array(copy) == Array(0..<100) && Array(tree) == Array(50..<100))
    }

    @Test func ascendingInsertionsStayShallow() {
        var tree = SortedTree<Int>()
        for number in 0..<10_000 { tree.insert(number) }
        // An AVL tree of n elements is at most 1.44 log2(n) high.
        #expect(tree.height <= 20)
    }
}
