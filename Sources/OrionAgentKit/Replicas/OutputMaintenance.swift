import Dispatch
import Logging
import Synchronization

/// Trims and removes output, away from the supervisor: both may wait for a disk.
final class OutputMaintenance: Sendable {
    private let queue = DispatchQueue(label: "orion.output", qos: .utility)
    private let trimmer: Mutex<OutputTrimmer>
    private let logger: Logger

    init(trimmer: OutputTrimmer, logger: Logger) {
        self.trimmer = Mutex(trimmer)
        self.logger = logger
    }

    /// Frees the old part of each file.
    func trim(_ paths: [String]) {
        queue.async {
            for path in paths {
                switch self.trimmer.withLock({ $0.trim(path) }) {
                case .untouched, .freed: break
                case .unsupported:
                    self.logger.warning(
                        "Old output cannot be freed on this file system: files of output grow without bound.",
                        metadata: ["path": "\(path)"])
                case .failed(let errno):
                    self.logger.warning(
                        "Old output cannot be freed.",
                        metadata: ["path": "\(path)", "reason": "\(describe(errno: errno))"])
                }
            }
        }
    }

    /// Removes a replica's folder.
    func remove(_ path: String) {
        queue.async {
            self.trimmer.withLock {
                $0.forget(path + "/stdout.log")
                $0.forget(path + "/stderr.log")
            }
            if !FileTree.remove(path) {
                self.logger.warning("A folder of old output cannot be removed.", metadata: ["path": "\(path)"])
            }
        }
    }
}
