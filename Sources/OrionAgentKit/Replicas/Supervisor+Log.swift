import Logging
import OrionCore

extension Supervisor {
    /// Tells people.
    func log(_ note: SupervisorNote) {
        switch note {
        case .changed(let record):
            logger.info("Replica changed.", metadata: metadata(of: record))
        case .trouble(let id, let reason):
            logger.warning("Replica in trouble.", metadata: ["replica": "\(id)", "reason": "\(reason)"])
        case .refused(let id, let reason):
            logger.error("Launch refused.", metadata: ["replica": "\(id)", "reason": "\(reason)"])
        case .adopted(let running, let ended):
            logger.info(
                "Adopted the replicas of an earlier agent.",
                metadata: ["running": "\(running)", "ended": "\(ended)"])
        case .damaged(let reason):
            logger.error(
                "Ledger damaged: the rest of it is used, and the whole kept as ledger.damaged.",
                metadata: ["reason": "\(reason)"])
        case .strayEnded(let id, let pid):
            logger.error("A process without a record was ended.", metadata: ["replica": "\(id)", "pid": "\(pid)"])
        }
    }

    private func metadata(of record: LedgerRecord) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["replica": "\(record.id)", "state": "\(record.phase.rawValue)"]
        if let process = record.process { metadata["pid"] = "\(process.pid)" }
        if let exit = record.exit { metadata["exit"] = "\(exit)" }
        if let message = record.message { metadata["message"] = "\(message)" }
        return metadata
    }
}
