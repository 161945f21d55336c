import Glibc

/// What is shown at `/`.
struct Page: Sendable {
    let replica: String
    let service: String
    let node: String

    var html: String {
        """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <title>\(escaped(service))</title>
        <h1>Hello from \(escaped(replica))</h1>
        <p>service \(escaped(service)), node \(escaped(node)), process \(getpid())</p>
        </html>

        """
    }

    private func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "<": result += "&lt;"
            case "&": result += "&amp;"
            default: result.append(character)
            }
        }
    }
}
