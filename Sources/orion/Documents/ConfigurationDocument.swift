import Glibc
import OrionCore
import OrionYAML

/// A configuration document as it was read from a file or from standard input.
struct ConfigurationDocument: Sendable {
    /// What it is called in messages: the file's path, or `standard input`.
    let name: String
    /// Its bytes.
    let bytes: [UInt8]

    init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// Whether it is JSON: by its first character, so that standard input needs no name.
    var isJSON: Bool {
        let spaces: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
        return bytes.first { !spaces.contains($0) } == UInt8(ascii: "{")
    }

    /// What it is sent as.
    var contentType: String { isJSON ? "application/json" : "application/yaml" }

    /// Reads and checks it, as the server would; throws every issue with its line.
    func parse() throws(DocumentError) -> ParsedConfiguration {
        do throws(OrionError) {
            return isJSON ? try OrionConfig.parse(json: bytes) : try OrionYAML.parse(yaml: bytes)
        } catch {
            throw DocumentError(message: summary(error), issues: lines(error.issues))
        }
    }

    /// Each issue with where it is in this document.
    func lines(_ issues: [ConfigurationIssue]) -> [IssueLine] {
        guard !issues.isEmpty else { return [] }
        let locator = SourceLocator(bytes)
        return issues.map { issue in
            IssueLine(issue, place: locator.line(of: issue.path).map { "\(name):\($0)" } ?? name)
        }
    }

    private func summary(_ error: OrionError) -> String {
        switch error.issues.count {
        case 0: "\(name): \(error.message)"
        case 1: "\(name) is not valid"
        case let count: "\(name) is not valid: \(count) issues"
        }
    }
}

/// A document that cannot be read or is not valid.
struct DocumentError: Error {
    var message: String
    var issues: [IssueLine] = []
}
