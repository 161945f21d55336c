import Glibc
import Logging
import OrionCore

extension Supervisor {
    /// Writes a record; nil, or why that was not possible, in a sentence that can stand in a status.
    func write(_ record: LedgerRecord) -> String? {
        ledger.write(record) ? nil : rewrite()
    }

    /// Forgets a replica that has ended; its output stays for a while.
    func forget(_ replica: Replica) {
        replicas[replica.id] = nil
        if let reported = replica.reported { digest.toggle(replica.id, reported) }
        for port in replica.record.ports.values {
            ports[port, default: 0] -= 1
            if ports[port, default: 0] <= 0 { ports[port] = nil }
        }
        let service = replica.record.service
        if !replicas.values.contains(where: { $0.record.service == service }) { specifications[service] = nil }
        let entry = RetiredReplica(id: replica.id, service: service, at: Now.read().timestamp)
        retired[replica.id] = entry
        if !ledger.write(entry) { _ = rewrite() }
        collect(retired.values.filter { $0.service == service })
        reportAbsent(replica.id, of: service, nil)
    }

    /// Removes the folders of replicas that were forgotten long enough ago.
    func collect(_ candidates: [RetiredReplica]) {
        for replica in RetiredReplica.expired(candidates, now: Now.read().timestamp) {
            retired[replica.id] = nil
            if !ledger.remove(replica.id) { _ = rewrite() }
            maintenance.remove(replicasPath + "/" + replica.id.rawValue)
        }
    }

    /// Tells the control plane how a replica is.
    func report(_ replica: Replica) {
        let phase = replica.record.phase
        if replica.reported != phase {
            if let before = replica.reported { digest.toggle(replica.id, before) }
            digest.toggle(replica.id, phase)
            // What is only found as it was left is no news.
            if replica.reported != nil || phase == .starting { log(replica) }
            replica.reported = phase
        }
        reporter?(replica.record.status)
    }

    /// Tells the control plane that there is no such replica here.
    func reportAbsent(_ id: ReplicaID, of service: ServiceName, _ message: String?) {
        var status = ReplicaStatus(service: service, replicaId: id, state: .stopped)
        status.message = message
        reporter?(status)
    }

    func warn(_ replica: Replica, _ reason: String) {
        logger.warning("Replica in trouble.", metadata: ["replica": "\(replica.id)", "reason": "\(reason)"])
    }

    private func rewrite() -> String? {
        do throws(LedgerError) {
            try ledger.rewrite(replicas.values.map(\.record), Array(retired.values))
            return nil
        } catch {
            return "its record cannot be written: \(error.message)"
        }
    }

    private func log(_ replica: Replica) {
        var metadata: Logger.Metadata = ["replica": "\(replica.id)", "state": "\(replica.record.phase.rawValue)"]
        if let process = replica.record.process { metadata["pid"] = "\(process.pid)" }
        if let exit = replica.record.exit { metadata["exit"] = "\(exit)" }
        if let message = replica.record.message { metadata["message"] = "\(message)" }
        logger.info("Replica changed.", metadata: metadata)
    }
}
