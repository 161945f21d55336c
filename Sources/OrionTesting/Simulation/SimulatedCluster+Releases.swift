import OrionCore
import OrionScheduler

/// A release of one service in a calm, by which it shows whether it works.
struct Release {
    let service: ServiceName
    /// The version that is asked for.
    let version: String
    /// The one before.
    var before: String?
}

/// Releases in a calm: what works is taken up, and what does not is rolled back to what did.
extension SimulatedCluster {
    private static let variable = "VERSION"

    /// Releases a version of some service that works; whether there is one to release.
    func release() -> Bool {
        guard random.chance(30) else { return false }
        let names = auditor.services.keys.sorted().filter { name in
            guard let service = auditor.services[name], !service.isRemoving else { return false }
            return auditor.replicas.values.contains { $0.service == name && $0.state == .ready }
        }
        guard let name = names.randomElement(using: &random), var specification = specification(of: name) else {
            return false
        }
        let release = Release(
            service: name, version: "release \(workload.lastNumber)", before: specification.env[Self.variable])
        specification.env[Self.variable] = release.version
        // Nothing but a fault keeps it from that.
        specification.update.deadlineSeconds = 120
        specification.update.autoRollback = true
        ask(specification)
        enter(.released(release))
        return true
    }

    /// What works has been taken up.
    func checkTaken(_ release: Release) {
        let generation = auditor.services[release.service]?.generation ?? 0
        guard specification(of: release.service)?.env[Self.variable] == release.version,
            auditor.generations[release.service]?[generation]?.ending?.state == .complete
        else { return fail(.rollouts, "\(release.version) of \(release.service) works, and was not taken up") }
    }

    /// Releases after that one what cannot be started; whether it does. Agents with base fields alone start it all the same.
    func spoil(_ release: Release) -> Bool {
        guard var specification = specification(of: release.service), !nodes.contains(where: \.isBase) else {
            return false
        }
        let next = Release(
            service: release.service, version: "release \(workload.lastNumber)", before: release.version)
        specification.env[Self.variable] = next.version
        specification.env[SimulatedProgram.variable] = SimulatedProgram.missing.rawValue
        specification.update.deadlineSeconds = 5
        ask(specification)
        enter(.spoiled(next))
        return true
    }

    /// What cannot be started has been rolled back.
    func checkRolledBack(_ release: Release) {
        let version = specification(of: release.service)?.env[Self.variable]
        guard version != release.before else { return }
        fail(.rollouts, "\(release.version) of \(release.service) does not work, and \(version ?? "none") is wanted")
    }

    private func specification(of name: ServiceName) -> ServiceSpecification? {
        auditor.services[name].flatMap { auditor.specification(of: $0) }
    }

    private func ask(_ specification: ServiceSpecification) {
        var config = OrionConfig()
        config.spec.services = [specification]
        ask(.apply(Request.Apply(config: config)), [specification.name: .specification(specification)])
    }
}
