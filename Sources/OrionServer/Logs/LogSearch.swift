import OrionCore
import OrionScheduler

/// Where the output of replicas is that the control plane has forgotten: their nodes keep it for a while, and each that
/// is connected is asked.
struct LogSearch {
    /// Who has been asked for which, and has not answered.
    var unanswered: Set<Question>
    /// Where each was found, with the node's name.
    var found: [ReplicaID: LogHubMachine.Session] = [:]

    struct Question: Hashable {
        var session: SessionID
        var replica: ReplicaID
    }
}

extension LogHubMachine {
    private static let prefix = "find-"

    /// Asks every agent for these replicas: each that keeps nothing of one says so, the others show an empty end. Refuses
    /// where that would be one search too many, or for one client too many.
    mutating func search(_ replicas: [ReplicaID]) throws(OrionError) -> (number: Int, actions: [Action]) {
        try checkRoom()
        guard searches.count < ServerLimits.logSearchesAtOnce else {
            throw OrionError(
                .unavailable,
                "\(ServerLimits.logSearchesAtOnce) searches for logs of ended replicas are under way; try again later.")
        }
        let number = nextNumber()
        var questions: Set<LogSearch.Question> = []
        var actions: [Action] = []
        for session in sessions.values where session.sendsLogs {
            for replica in replicas {
                questions.insert(LogSearch.Question(session: session.id, replica: replica))
                var request = LogRequest(id: Self.prefix + String(number))
                request.id += "-" + replica.rawValue
                request.replicaId = replica
                request.stream = .stdout
                request.tailLines = 0
                request.follow = false
                request.credit = ServerLimits.logWindowBytes
                actions.append(.send(session.id, request))
            }
        }
        searches[number] = LogSearch(unanswered: questions)
        return (number, questions.isEmpty ? [.found(number)] : actions)
    }

    /// Takes a piece for the answer to a search; nil where it is none.
    mutating func answered(_ chunk: LogChunk, from session: SessionID) -> [Action]? {
        guard chunk.id.hasPrefix(Self.prefix) else { return nil }
        let digits = chunk.id.dropFirst(Self.prefix.count).prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return [] }
        let question = LogSearch.Question(session: session, replica: chunk.replicaId)
        guard searches[number]?.unanswered.remove(question) != nil else { return [] }
        if chunk.error == nil, let place = sessions.values.first(where: { $0.id == session }) {
            searches[number]?.found[chunk.replicaId] = place
        }
        return searches[number]?.unanswered.isEmpty == true ? [.found(number)] : []
    }

    /// An agent that is gone answers no more.
    mutating func abandoned(_ session: SessionID) -> [Action] {
        var actions: [Action] = []
        for number in searches.keys {
            guard let search = searches[number], search.unanswered.contains(where: { $0.session == session }) else {
                continue
            }
            searches[number]?.unanswered = search.unanswered.filter { $0.session != session }
            if searches[number]?.unanswered.isEmpty == true { actions.append(.found(number)) }
        }
        return actions
    }
}
