import Testing

@testable import OrionAgentKit

@Suite struct CgroupMountTests {
    @Test func findsHierarchiesOfVersion2() {
        let hybrid = """
            31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
            40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
            41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:9 master:2 - cgroup2 cgroup2 rw
            """
        #expect(CgroupMount.list(hybrid) == [CgroupMount(root: "/", point: "/sys/fs/cgroup/unified")])
        let odd = #"41 31 0:38 /docker/a\040b /sys/fs/c\134g rw - cgroup2 none rw"#
        #expect(CgroupMount.list(odd) == [CgroupMount(root: "/docker/a b", point: #"/sys/fs/c\g"#)])
        #expect(CgroupMount.list("") == [])
        #expect(CgroupMount.list("41 31 0:38 / /x rw -") == [])
    }

    @Test func readsMembership() {
        #expect(CgroupMount.path("9:name=systemd:/\n0::/system.slice/a.service\n") == "/system.slice/a.service")
        #expect(CgroupMount.path("0::/\n") == "/")
        #expect(CgroupMount.path("0::/../x\n") == nil)
        #expect(CgroupMount.path("0::/a (deleted)\n") == nil)
        #expect(CgroupMount.path("1:cpu:/a\n") == nil)
    }

    @Test func findsDirectories() {
        let whole = CgroupMount(root: "/", point: "/sys/fs/cgroup")
        #expect(whole.directory(of: "/") == "/sys/fs/cgroup")
        #expect(whole.directory(of: "/a/b") == "/sys/fs/cgroup/a/b")
        let part = CgroupMount(root: "/a", point: "/mnt")
        #expect(part.directory(of: "/a") == "/mnt")
        #expect(part.directory(of: "/a/b") == "/mnt/b")
        #expect(part.directory(of: "/ab") == nil)
    }
}
