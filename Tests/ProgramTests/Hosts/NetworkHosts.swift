import Foundation
import Testing

/// Machines on one wire, made of network namespaces: each has an address and a link of its own, which can be cut.
///
/// Programs enter them with `nsenter --net=`, not `ip netns exec`, which would hide the cgroups from them.
final class NetworkHosts: Sendable {
    /// What can be cut between a host and the others.
    enum Cut: String, CaseIterable, CustomTestStringConvertible {
        /// Nothing passes.
        case link
        /// What the host sends is lost; it goes on hearing the others.
        case sending
        /// What is sent to the host is lost; the others go on hearing it.
        case hearing

        var testDescription: String { rawValue }
    }

    /// Whether this process may make namespaces, and has the programs for it.
    static let canBeMade: Bool = {
        guard geteuid() == 0, ["ip", "nft", "nsenter"].allSatisfy({ program($0) != nil }) else { return false }
        let probe = "orion-\(getpid())-probe"
        guard (try? run(["ip", "netns", "add", probe])) != nil else { return false }
        return (try? run(["ip", "netns", "del", probe])) != nil
    }()

    private let name = "orion-\(getpid())-\(UUID().uuidString.prefix(8))"
    private let count: Int

    /// Makes that many hosts, numbered from 1.
    init(_ count: Int) throws {
        self.count = count
        try ip("netns add \(wire)")
        try ip("-n \(wire) link add wire type bridge")
        try ip("-n \(wire) link set wire up")
        for host in 1...count {
            try ip("netns add \(namespace(host))")
            try ip("link add eth0 netns \(namespace(host)) type veth peer name port\(host) netns \(wire)")
            try ip("-n \(wire) link set port\(host) master wire up")
            try ip("-n \(namespace(host)) addr add \(address(host))/24 dev eth0")
            try ip("-n \(namespace(host)) link set eth0 up")
            try ip("-n \(namespace(host)) link set lo up")
        }
    }

    /// Takes the hosts away; their programs have ended.
    func remove() {
        for name in (1...count).map(namespace) + [wire] { try? ip("netns del \(name)") }
    }

    func address(_ host: Int) -> String { "10.9.0.\(host)" }

    /// What a command line begins with that is to run on that host.
    func entrance(_ host: Int) -> [String] { ["nsenter", "--net=/run/netns/\(namespace(host))"] }

    func cut(_ cut: Cut, _ host: Int) throws {
        switch cut {
        case .link: try ip("-n \(wire) link set port\(host) down")
        case .sending: try drop("output", "oifname", host)
        case .hearing: try drop("input", "iifname", host)
        }
    }

    func mend(_ cut: Cut, _ host: Int) throws {
        switch cut {
        case .link: try ip("-n \(wire) link set port\(host) up")
        case .sending, .hearing: try Self.run(entrance(host) + ["nft", "delete table inet cut"])
        }
    }

    private var wire: String { "\(name)-wire" }

    private func namespace(_ host: Int) -> String { "\(name)-\(host)" }

    private func drop(_ hook: String, _ match: String, _ host: Int) throws {
        let rules = [
            "add table inet cut", "add chain inet cut lost { type filter hook \(hook) priority 0; }",
            "add rule inet cut lost \(match) eth0 drop",
        ]
        try Self.run(entrance(host) + ["nft", rules.joined(separator: "; ")])
    }

    private func ip(_ arguments: String) throws {
        try Self.run(["ip"] + arguments.split(separator: " ").map(String.init))
    }

    /// Where a program is, that administrators have in their PATH.
    static func program(_ name: String) -> URL? {
        ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].map { URL(fileURLWithPath: $0).appendingPathComponent(name) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    private static func run(_ command: [String]) throws {
        guard let program = program(command[0]) else { throw ProgramError(description: "there is no \(command[0])") }
        let process = Process()
        process.executableURL = program
        process.arguments = Array(command.dropFirst())
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ProgramError(
                description: "\(command.joined(separator: " ")): \(String(decoding: said, as: UTF8.self))")
        }
    }
}
