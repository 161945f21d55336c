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

    @Test(arguments: [0, 1, 2, 3, 7, 100, 1_000])
    func whatIsSortedAlreadyBecomesATreeThatCanBeChanged(_ count: Int) {
        var tree = SortedTree(sorted: Array(0..<count))
        #expect(Array(tree) == Array(0..<count))
        #expect(1 << tree.height <= max(1, 2 * count))
        for number in 0..<count where number.isMultiple(of: 2) { tree.remove(number) }
        tree.insert(-1)
        #expect(Array(tree) == [-1] + (0..<count).filter { !$0.isMultiple(of: 2) })
    }
}
