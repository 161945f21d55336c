import HTTPTypes
import Testing

@testable import OrionHTTP

@Suite struct RouterTests {
    private static let router: Router = {
        var router = Router { HTTPServerResponse(status: $0.status, body: Array($0.message.utf8)) }
        func answer(_ text: String) -> @Sendable (HTTPServerRequest) -> HTTPServerResponse {
            { _ in HTTPServerResponse(status: .ok, body: Array(text.utf8)) }
        }
        router.on(.get, "/", answer("root"))
        router.on(.get, "/a", answer("a"))
        router.on(.post, "/a", answer("post a"))
        router.on(.get, "/a/{name}", answer("a name"))
        router.on(.get, "/a/{name}/b", answer("a name b"))
        router.on(.delete, "/a/{name}", answer("delete a name"))
        router.on(.get, "/a/{number:int}/c", answer("a number c"))
        router.on(.get, "/a/fixed/d", answer("fixed d"))
        router.onUpgrade("/ws", to: "websocket") { _ in .refuse(HTTPServerResponse(status: .forbidden)) }
        return router
    }()

    private func find(_ method: HTTPRequest.Method, _ path: String) throws(HTTPProblem) -> (String, [String: String]) {
        let target = try RequestTarget(path)
        let (route, parameters) = try Self.router.find(method, target.segments)
        let request = HTTPServerRequest(method: method, path: target.path)
        guard case .immediate(let handler) = route.answer else { return ("upgrade", parameters) }
        return (String(decoding: handler(request).body, as: UTF8.self), parameters)
    }

    @Test(
        arguments: [
            ("/", "root", [:]), ("/a", "a", [:]), ("/a?x=y", "a", [:]), ("/%61", "a", [:]),
            ("/a/x", "a name", ["name": "x"]),
            ("/a/x%2Fy", "a name", ["name": "x/y"]), ("/a/%C3%BC", "a name", ["name": "ü"]),
            ("/a/12/c", "a number c", ["number": "12"]), ("/a/12/b", "a name b", ["name": "12"]),
            ("/a/fixed", "a name", ["name": "fixed"]),
            ("/a/fixed/d", "fixed d", [:]), ("/a/fixed/b", "a name b", ["name": "fixed"]), ("http://host/a", "a", [:]),
            ("HTTP://host", "root", [:]), ("http://host?q", "root", [:]),
        ] as [(String, String, [String: String])])
    func finds(_ path: String, _ answer: String, _ parameters: [String: String]) throws {
        let found = try find(.get, path)
        #expect(found.0 == answer)
        #expect(found.1 == parameters)
    }

    @Test(arguments: [
        "/b", "/a/", "//", "/a//b", "/a/x/c", "/a/007/c", "/a/99999999999999999999/c", "/a/x/b/", "/a/x/b/y",
    ])
    func findsNothing(_ path: String) {
        #expect { try find(.get, path) } throws: { ($0 as? HTTPProblem)?.status == .notFound }
    }

    @Test(arguments: ["/%", "/%4", "/%zz", "/%FF", "/%00", "/a?x=%", "/a?%ff", "a", "*", "", "ftp://a/"])
    func refuses(_ path: String) {
        #expect { try find(.get, path) } throws: { ($0 as? HTTPProblem)?.status == .badRequest }
    }

    @Test(
        arguments: [
            (.put, "/a", "GET, HEAD, POST"), (.post, "/a/x", "DELETE, GET, HEAD"), (.post, "/ws", "GET"),
            (.head, "/ws", "GET"),
        ] as [(HTTPRequest.Method, String, String)])
    func saysWhatIsAllowed(_ method: HTTPRequest.Method, _ path: String, _ allowed: String) {
        #expect { try find(method, path) } throws: { error in
            guard let problem = error as? HTTPProblem else { return false }
            let response = Self.router.response(for: problem)
            return response.status == .methodNotAllowed && response.headers[.allow] == allowed
        }
    }

    @Test func headIsAnsweredByGet() throws {
        #expect(try find(.head, "/a").0 == "a")
    }

    @Test func readsQueries() throws {
        let query = try #require(HTTPQuery("a=1&b=x%20y+z&&c&a=2&=v&d=e=f"))
        #expect(query["a"] == "1")
        #expect(query["b"] == "x y z")
        #expect(query["c"] == "")
        #expect(query["d"] == "e=f")
        #expect(query["x"] == nil)
        #expect(query.names == ["a", "b", "c", "a", "", "d"])
    }
}
