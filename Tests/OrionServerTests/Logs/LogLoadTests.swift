import Glibc
import OrionCore
import Testing

@testable import OrionServer

/// Many who follow, and one who does not keep up, each on a socket of its own.
@Suite("Logs over real sockets under load", .timeLimit(.minutes(2)))
struct LogLoadTests {
    @Test("A thousand clients of one replica cost its agent one subscription, and miss nothing")
    func thousand() async throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, 8192))
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        try await LogRouteTests.withReplica { server, agent, _ in
            let path = "/api/services/web/logs?follow=true&stream=stdout&tail=all"
            let first = try await LogClient.get(server, path)
            let request = try await agent.frame("logs")
            let lines = (0..<400).map { "line \($0)\n" }
            func send(_ range: Range<Int>) throws {
                let offset = lines[..<range.lowerBound].reduce(0) { $0 + $1.utf8.count }
                try LogRouteTests.send(agent, request, lines[range].joined(), offset: Int64(offset))
            }
            try send(0..<200)
            let whole = lines.joined()
            // They come while there is something to read already, and some while it goes on.
            let clients = try await withThrowingTaskGroup(of: LogClient.self) { group in
                for _ in 1..<ServerLimits.logFollowers {
                    group.addTask { try await LogClient.get(server, path) }
                }
                try send(200..<300)
                return try await group.reduce(into: [first]) { $0.append($1) }
            }
            for client in clients { try await client.receive { !$0.body.isEmpty } }
            try send(300..<400)
            for client in clients {
                try await client.receive { $0.count >= whole.utf8.count && $0.body.utf8.count >= whole.utf8.count }
                try #require(client.body == whole)
            }
            // One more is refused, and no other frame that would begin a subscription has come before the last one's end.
            let refused = try await server.get(path)
            #expect(refused.status == 503 && refused.message.contains("1000 clients"), "\(refused.message)")
            for client in clients { client.close() }
            var subscriptions = 1
            while true {
                let frame = try await agent.frame("logs")
                if frame["cancel"] == .bool(true) { break }
                if frame["replicaId"].text != nil { subscriptions += 1 }
            }
            #expect(subscriptions == 1)
        }
    }

    @Test("A client that reads nothing is held little for, holds up nobody, and is told how much it missed")
    func slow() async throws {
        try await LogRouteTests.withReplica { server, agent, replica in
            let path = "/api/services/web/logs?follow=true&stream=stdout&tail=all&replica=\(replica)"
            let slow = try await LogClient.get(server, path, reads: false)
            let request = try await agent.frame("logs")
            let fast = try await LogClient.get(server, path)
            try await fast.receive { $0.count > 0 }
            let piece = (0..<320).map { _ in String(repeating: "x", count: 99) + "\n" }.joined()
            let pieces = 500
            let total = pieces * piece.utf8.count
            // As an agent does: no more than it was granted.
            var credit = try #require(request["credit"].number)
            for number in 0..<pieces {
                while credit < piece.utf8.count { credit += try await agent.frame("logs")["credit"].number ?? 0 }
                try LogRouteTests.send(
                    agent, request, piece, offset: Int64(number * piece.utf8.count), end: number == pieces - 1)
                credit -= piece.utf8.count
            }
            agent.status("web", replica, .stopped)
            try await fast.receive { $0.count > total && $0.body.utf8.count >= total }
            #expect(fast.body.utf8.count == total)
            #expect(!fast.body.contains("missed"))

            try await slow.read()
            try await slow.receive { _ in false }
            let missed = slow.body.matches(of: /\[orion\] (\d+) bytes of .* missed\n/)
            let notes = missed.reduce(0) { $0 + $1.output.0.utf8.count }
            let bytes = missed.reduce(0) { $0 + (Int($1.output.1) ?? 0) }
            let shown = slow.body.utf8.count - notes
            #expect(!missed.isEmpty)
            #expect(shown + bytes == total)
            // A page, the backlog, and what the two systems keep of a connection that nobody reads of.
            #expect(shown < 1 << 20, "\(shown) bytes of \(total) were kept for it")
        }
    }
}
