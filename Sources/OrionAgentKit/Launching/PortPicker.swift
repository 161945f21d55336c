import OrionCore

/// Gives a new replica its ports: fixed ones as they are, the others free ones, kept for its life.
enum PortPicker {
    /// The ports of a replica of `service` by name; none of those in `held` is picked.
    static func ports(for service: ServiceSpecification, held: Set<Int>) throws(LaunchError) -> [String: Int] {
        var taken = held.union(service.ports.compactMap(\.port))
        var ports: [String: Int] = [:]
        for port in service.ports {
            if let number = port.port {
                ports[port.name] = number
                continue
            }
            do throws(FreePortError) {
                let number = try FreePort.pick(port.protocol == .udp ? .udp : .tcp, excluding: taken)
                taken.insert(number)
                ports[port.name] = number
            } catch {
                throw LaunchError(message: "cannot start \(service.name): port \(port.name): \(error.message)")
            }
        }
        return ports
    }
}
