internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import OrionCore
internal import OrionTLS

extension OrionClient {
    enum Method: String {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    /// The largest answer that is read: 10,000 services of the largest specification would not fit, and never come.
    static let answerLimitBytes = 256 << 20

    /// Sends one request and reads its whole answer; throws for every status but 2xx.
    func send(
        _ method: Method, _ path: String, body: [UInt8]? = nil, contentType: String = "application/json"
    ) async throws(ClientError) -> ServerAnswer {
        var request = self.request(to: path, accept: "application/json")
        request.method = HTTPMethod(rawValue: method.rawValue)
        if let body {
            request.headers.add(name: "content-type", value: contentType)
            request.body = .bytes(body)
        }
        let answer: ServerAnswer
        do {
            let deadline = NIODeadline.now() + .milliseconds(Int64(timeoutSeconds * 1000))
            let response = try await Self.connections.execute(request, deadline: deadline)
            let bytes = try await response.body.collect(upTo: Self.answerLimitBytes)
            answer = ServerAnswer(
                server: server, path: path, status: Int(response.status.code), body: Array(buffer: bytes))
        } catch {
            throw await reason(of: error, timeoutSeconds: timeoutSeconds)
        }
        guard (200..<300).contains(answer.status) else { throw answer.refusal }
        return answer
    }

    /// A GET, which can be made into something else.
    func request(to path: String, accept type: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: address.text + path)
        request.tlsConfiguration = tls?.configuration
        request.headers.add(name: "accept", value: type)
        request.headers.add(name: "user-agent", value: "orion")
        return request
    }

    /// What a person should read when a request could not be sent or its answer not be read.
    func reason(of error: any Error, timeoutSeconds: Double) async -> ClientError {
        guard let tls, TLSFailure.isOne(error) else {
            return ClientError(sending: error, to: server, timeoutSeconds: timeoutSeconds)
        }
        // The error does not hold the certificate that it is about.
        let found = await tls.diagnose(
            host: address.host, port: address.port, on: MultiThreadedEventLoopGroup.singleton)
        return ClientError(found ?? TLSFailure(error), to: server)
    }

    /// One step of a path, with everything escaped that has a meaning there.
    static func segment(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var escaped: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"):
                escaped.append(byte)
            case UInt8(ascii: ".") where text != "." && text != "..":
                escaped.append(byte)
            default:
                escaped += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
