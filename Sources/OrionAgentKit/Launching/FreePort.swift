import Glibc

/// Finds ports for services that leave theirs to the agent.
enum FreePort {
    enum Transport: Hashable, Sendable {
        case tcp, udp
    }

    /// As many draws are made before giving up: enough to step over all the ports that replicas of this node were given
    /// and have not bound yet.
    private static let maximumDraws = 4096

    /// A port that nobody is bound to, on any IPv4 address, and that is not in `excluding`: the ports given to replicas
    /// that may bind them later.
    ///
    /// It is free when this returns; nothing keeps it so but that the kernel hands out its ephemeral ports at random.
    static func pick(_ transport: Transport = .tcp, excluding: Set<Int>) throws(FreePortError) -> Int {
        // Held until one fits, so that the kernel does not offer the same one again.
        var held: [Descriptor] = []
        for _ in 0..<maximumDraws {
            let (socket, port) = try draw(transport)
            if !excluding.contains(port) { return port }
            held.append(socket)
        }
        throw FreePortError(errno: EADDRINUSE, message: "no free port: \(maximumDraws) are held for other replicas")
    }

    /// A socket with a port that nobody has, which is its own until the socket goes.
    static func draw(_ transport: Transport) throws(FreePortError) -> (Descriptor, Int) {
        let type = transport == .tcp ? SOCK_STREAM : SOCK_DGRAM
        let number = socket(AF_INET, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw failure(errno) }
        let descriptor = Descriptor(owning: number)
        // A `sockaddr_in` by its bytes, of which the family is the host's and the port the network's: the members of the
        // structure seem to the compiler to be NIO's in a file that is compiled together with one that imports it.
        return try withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { address throws(FreePortError) in
            address.initializeMemory(as: UInt8.self, repeating: 0)
            address.storeBytes(of: sa_family_t(AF_INET), as: sa_family_t.self)
            var length = socklen_t(address.count)
            let generic = address.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            guard let generic, bind(number, generic, length) == 0, getsockname(number, generic, &length) == 0 else {
                throw failure(errno)
            }
            return (descriptor, Int(UInt16(bigEndian: address.load(fromByteOffset: 2, as: UInt16.self))))
        }
    }

    private static func failure(_ number: Int32) -> FreePortError {
        let cause = number == EADDRINUSE ? "all of net.ipv4.ip_local_port_range are taken" : describe(errno: number)
        return FreePortError(errno: number, message: "no free port: \(cause)")
    }
}
