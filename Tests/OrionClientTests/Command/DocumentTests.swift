import OrionCore
import Testing

@testable import orion

@Suite struct DocumentTests {
    private let yaml = """
        apiVersion: orion/v1
        spec:
          services:
            - name: web
              replicas: -1
            - name: api
              ports:
                - name: http
                  port: 99999
        """

    @Test(arguments: [
        ([PathComponent.key("spec"), .key("services"), .index(0), .key("replicas")], 5),
        ([.key("spec"), .key("services"), .index(1), .key("ports"), .index(0), .key("port")], 9),
        ([.key("spec"), .key("services"), .index(1)], 6),
        ([.key("spec"), .key("services"), .index(1), .key("missing")], 6),
        ([.key("kind")], 1),
        ([], 1),
    ])
    func `a path is found, or the nearest thing around it`(path: [PathComponent], line: Int) {
        #expect(SourceLocator(Array(yaml.utf8)).line(of: path) == line)
    }

    @Test func `JSON has lines too`() {
        let json = "{\n  \"spec\": {\n    \"services\": []\n  }\n}"
        #expect(SourceLocator(Array(json.utf8)).line(of: [.key("spec"), .key("services")]) == 3)
    }

    @Test func `paths read as people write them`() {
        let path: [PathComponent] = [.key("spec"), .key("services"), .index(0), .key("labels"), .key("a.b")]
        #expect(path.text == #"spec.services[0].labels["a.b"]"#)
    }

    @Test func `a document's kind is seen from its first character`() {
        #expect(ConfigurationDocument(name: "x", bytes: Array(" \n{}".utf8)).isJSON)
        #expect(!ConfigurationDocument(name: "x", bytes: Array("a: {}".utf8)).isJSON)
    }

    @Test func `every issue is given with its line`() {
        let document = ConfigurationDocument(name: "orion.yaml", bytes: Array(yaml.utf8))
        let error = #expect(throws: DocumentError.self) { try document.parse() }
        let places = error?.issues.map(\.place) ?? []
        #expect(places.contains("orion.yaml:5"))
        #expect(places.contains("orion.yaml:9"))
    }

    @Test func `the example is valid as it is written`() throws {
        let name = ExampleDocument.name(fromFolder: "My Shop!")
        #expect(name == "my-shop")
        let document = ConfigurationDocument(name: "x", bytes: Array(ExampleDocument.text(name: name).utf8))
        let parsed = try document.parse()
        #expect(parsed.config.metadata.name == "my-shop")
        #expect(parsed.warnings.isEmpty)
        #expect(parsed.config.spec.services.map(\.replicas) == [2])
    }

    @Test(arguments: [
        ("", "default"), ("---", "default"), ("Orion", "orion"), (".hidden", "hidden"), ("日本", "default"),
    ])
    func `a folder's name becomes a label`(folder: String, name: String) {
        #expect(ExampleDocument.name(fromFolder: folder) == name)
    }
}
