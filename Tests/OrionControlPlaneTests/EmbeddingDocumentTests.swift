import Foundation
import Testing

/// Docs/embedding.md shows the example as it is compiled.
@Suite struct EmbeddingDocumentTests {
    @Test(arguments: ["Program.swift", "PrintingStore.swift"])
    func showsTheExample(_ file: String) throws {
        let root = #filePath.components(separatedBy: "/Tests/")[0]
        let document = try String(contentsOfFile: "\(root)/Docs/embedding.md", encoding: .utf8)
        let source = try String(contentsOfFile: "\(root)/Examples/embedding/Sources/embedding/\(file)", encoding: .utf8)
        #expect(document.contains("```swift\n\(source)```"), "put \(file) into Docs/embedding.md as it is")
    }
}
