/// Where one replica's output is: `<data-dir>/replicas/<replicaId>/`.
struct ReplicaFolder: Hashable, Sendable {
    let id: String
    let path: String

    var stdoutPath: String { path + "/stdout.log" }
    var stderrPath: String { path + "/stderr.log" }

    /// `<service>-<fence>`: 56 characters of a name, a hyphen and at most 13 of a number in base 36; with some room.
    static let maximumIDLength = 80

    /// Ids come over the network and become paths: nothing but `a` to `z`, `0` to `9` and `-` is let through.
    static func isValid(id: String) -> Bool {
        (1...maximumIDLength).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            }
    }
}
