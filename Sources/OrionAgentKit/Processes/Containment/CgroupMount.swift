/// A place where the hierarchy of version 2 is mounted (cgroups(7)): alone at `/sys/fs/cgroup`, or beside the
/// hierarchies of version 1 at `/sys/fs/cgroup/unified`.
struct CgroupMount: Hashable, Sendable {
    /// The cgroup that is seen at `point`: of a container it may not be the topmost one.
    let root: String
    let point: String

    /// The mounts that `/proc/PID/mountinfo` lists (proc_pid_mountinfo(5)).
    static func list(_ mountinfo: String) -> [CgroupMount] {
        mountinfo.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard let separator = fields.firstIndex(of: "-"), separator >= 6, separator + 1 < fields.count,
                fields[separator + 1] == "cgroup2"
            else { return nil }
            return CgroupMount(root: unescaped(fields[3]), point: unescaped(fields[4]))
        }
    }

    /// The cgroup of version 2 that `/proc/PID/cgroup` names; nil where there is none, or it is out of sight.
    static func path(_ membership: String) -> String? {
        guard let line = membership.split(separator: "\n").first(where: { $0.hasPrefix("0::/") }) else { return nil }
        let path = line.dropFirst("0::".count)
        // `/../x`: outside of this process's cgroup namespace. ` (deleted)`: the cgroup is gone.
        return path.split(separator: "/").contains("..") || path.hasSuffix(" (deleted)") ? nil : String(path)
    }

    /// The directory of a cgroup; nil where this mount does not show it.
    func directory(of path: String) -> String? {
        let prefix = root == "/" ? "" : root
        guard path == prefix || path.hasPrefix(prefix + "/") else { return nil }
        let rest = path.dropFirst(prefix.count)
        return rest == "/" ? point : point + rest
    }

    /// Spaces and the like are written as three octal digits.
    private static func unescaped(_ field: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(field.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8) {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
