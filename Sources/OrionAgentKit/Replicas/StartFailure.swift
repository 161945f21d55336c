/// Why a replica's program does not run.
package struct StartFailure: Error, Equatable {
    /// Whose fault it is.
    package enum Cause: Hashable, Sendable {
        /// The service's: its command, its path, its program. Another node would do no better.
        case service
        /// The node's: its disk, its processes, its ports. Another node may take it.
        case node
    }

    package let cause: Cause
    /// One sentence for a person.
    package let message: String

    package init(_ cause: Cause, _ message: String) {
        self.cause = cause
        self.message = message
    }
}

extension StartFailure {
    init(_ error: SpawnError) {
        let isService = [.arguments, .program, .workingDirectory, .exec].contains(error.step) && !error.isExhaustion
        self.init(isService ? .service : .node, error.message)
    }
}
