/// A sorted set that shares what did not change with its copies: a balanced (AVL) tree of immutable nodes.
///
/// The order is by the elements themselves, so that every walk is the same in every process: decisions may depend on it.
/// Insertion and removal are O(log n) beside any number of held copies.
struct SortedTree<Element: Comparable & Sendable>: Sendable {
    private var root: Node?

    /// An empty set.
    init() {}

    /// These, which are sorted and differ from each other: O(n).
    init(sorted elements: [Element]) { root = Self.tree(of: elements[...]) }

    var count: Int { root?.count ?? 0 }
    var isEmpty: Bool { root == nil }
    var height: Int { root?.height ?? 0 }

    /// The smallest.
    var first: Element? {
        var node = root
        while let left = node?.left { node = left }
        return node?.element
    }

    /// The largest.
    var last: Element? {
        var node = root
        while let right = node?.right { node = right }
        return node?.element
    }

    func contains(_ element: Element) -> Bool {
        var node = root
        while let here = node {
            if element == here.element { return true }
            node = element < here.element ? here.left : here.right
        }
        return false
    }

    mutating func insert(_ element: Element) { root = Self.inserting(element, into: root) }
    mutating func remove(_ element: Element) { root = Self.removing(element, from: root) }

    fileprivate final class Node: Sendable {
        let element: Element
        let left: Node?
        let right: Node?
        let height: Int
        let count: Int

        init(_ left: Node?, _ element: Element, _ right: Node?) {
            self.element = element
            self.left = left
            self.right = right
            height = Swift.max(left?.height ?? 0, right?.height ?? 0) + 1
            count = (left?.count ?? 0) + (right?.count ?? 0) + 1
        }
    }
}

extension SortedTree {
    private static func tree(of elements: ArraySlice<Element>) -> Node? {
        guard !elements.isEmpty else { return nil }
        let middle = elements.startIndex + elements.count / 2
        return Node(tree(of: elements[..<middle]), elements[middle], tree(of: elements[(middle + 1)...]))
    }

    private static func inserting(_ element: Element, into node: Node?) -> Node {
        guard let node else { return Node(nil, element, nil) }
        if element == node.element { return node }
        if element < node.element {
            return balanced(inserting(element, into: node.left), node.element, node.right)
        }
        return balanced(node.left, node.element, inserting(element, into: node.right))
    }

    private static func removing(_ element: Element, from node: Node?) -> Node? {
        guard let node else { return nil }
        if element < node.element { return balanced(removing(element, from: node.left), node.element, node.right) }
        if element > node.element { return balanced(node.left, node.element, removing(element, from: node.right)) }
        guard let left = node.left else { return node.right }
        guard let right = node.right else { return left }
        let (successor, rest) = removingFirst(of: right)
        return balanced(left, successor, rest)
    }

    private static func removingFirst(of node: Node) -> (Element, Node?) {
        guard let left = node.left else { return (node.element, node.right) }
        let (first, rest) = removingFirst(of: left)
        return (first, balanced(rest, node.element, node.right))
    }

    /// Joins two trees whose heights differ by two at most.
    private static func balanced(_ left: Node?, _ element: Element, _ right: Node?) -> Node {
        let leftHeight = left?.height ?? 0
        let rightHeight = right?.height ?? 0
        if let left, leftHeight > rightHeight + 1 {
            guard let inner = left.right, inner.height > (left.left?.height ?? 0) else {
                return Node(left.left, left.element, Node(left.right, element, right))
            }
            return Node(Node(left.left, left.element, inner.left), inner.element, Node(inner.right, element, right))
        }
        if let right, rightHeight > leftHeight + 1 {
            guard let inner = right.left, inner.height > (right.right?.height ?? 0) else {
                return Node(Node(left, element, right.left), right.element, right.right)
            }
            return Node(Node(left, element, inner.left), inner.element, Node(inner.right, right.element, right.right))
        }
        return Node(left, element, right)
    }
}

extension SortedTree: Sequence {
    /// Walks from the smallest to the largest; a change of the set meanwhile does not disturb it.
    struct Iterator: IteratorProtocol {
        private var path: [Node] = []

        fileprivate init(_ root: Node?) { descend(root) }

        mutating func next() -> Element? {
            guard let node = path.popLast() else { return nil }
            descend(node.right)
            return node.element
        }

        private mutating func descend(_ start: Node?) {
            var node = start
            while let here = node {
                path.append(here)
                node = here.left
            }
        }
    }

    func makeIterator() -> Iterator { Iterator(root) }
    var underestimatedCount: Int { count }
}
