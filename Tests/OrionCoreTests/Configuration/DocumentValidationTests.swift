import OrionCore
import Testing

@Suite struct DocumentValidationTests {
    private static let refused: [(document: String, issues: [String])] = [
        ("[]", [": the document must be an object, not an empty array"]),
        (
            "{}",
            [
                "apiVersion: apiVersion is missing: write apiVersion: orion/v1",
                "kind: kind is missing: write kind: Config",
                "spec: spec is missing",
            ]
        ),
        (
            #"{"apiVersion":"orion/v2","kind":"config","spec":{}}"#,
            [#"apiVersion: apiVersion must be orion/v1, not "orion/v2""#, #"kind: kind must be Config, not "config""#]
        ),
        (#"{"apiVersion":"orion/v1","kind":"Config","spec":null}"#, ["spec: spec is missing"]),
        (#"{"apiVersion":"orion/v1","kind":"Config","spec":[]}"#, ["spec: spec must be an object, not an empty array"]),
        (
            #"{"apiVersion":"orion/v1","kind":"Config","spec":{},"metadata":{"name":""}}"#,
            [#"metadata.name: name must be 1 to 256 bytes without control characters, not """#]
        ),
        (
            #"{"apiVersion":"orion/v1","kind":"Config","spec":{"service":[]}}"#,
            [#"spec.service: unknown field "service"; did you mean services?"#]
        ),
        (
            #"{"apiVersion":"orion/v1","kind":"Config","spec":{"nodes":[{"name":"a"},{"name":"a"},{}],"dns":[]}}"#,
            [
                "spec.nodes[2].name: name is missing", #"spec.nodes[1].name: "a" is the name of an earlier node too"#,
                "spec.dns: dns must be an object, not an empty array",
            ]
        ),
    ]

    @Test(arguments: refused.indices) func refuses(_ index: Int) {
        #expect(ConfigurationText.issues(Array(Self.refused[index].document.utf8)) == Self.refused[index].issues)
    }

    @Test func everyIssueIsFoundAtOnce() throws {
        let document = ConfigurationText.services(
            #"{"name":"a","replicas":-1,"envv":{},"ports":[{"name":"x","port":99999}]}"#, #"{"replicas":1}"#, "7",
            #"{"name":"a","env":{"B=":"","A":1}}"#)
        let error = try #require(throws: OrionError.self) { try OrionConfig.parse(json: document) }
        #expect(error.code == .invalid)
        #expect(
            error.issues.map(\.pathText) == [
                "spec.services[0].replicas", "spec.services[0].ports[0].port", "spec.services[0].envv",
                "spec.services[1].name", "spec.services[2]", "spec.services[3].env.A", "spec.services[3].env.B=",
                "spec.services[3].name",
            ])
        #expect(error.message.contains("spec.services[0].replicas"))
        #expect(error.message.contains("8"))
    }

    /// What is wrong in one place hides nothing in another.
    @Test func everyIssueOfAServiceIsFound() {
        let issues = ConfigurationText.issues(
            ConfigurationText.services(
                #"{"name":"Bad_Name","path":"../x","entry":7,"ports":[{"name":"a","port":0},7],"replicas":-1,"#
                    + #""health":{"http":{"path":"nope","port":"b"},"tcp":{"port":1},"timeoutSeconds":"x"},"#
                    + #""env":{"A=B":1},"placement":{"constraints":[{"operator":"In","weight":"x"}]}}"#))
        let places = issues.map { $0.prefix { $0 != ":" }.dropFirst("spec.services[0].".count) }
        #expect(
            places == [
                "name", "entry", "path", "replicas", "ports[0].port", "ports[1]", "env.A=B", "env.A=B",
                "health.http.path", "health.tcp.port", "health.timeoutSeconds", "health", "health.http.port",
                "placement.constraints[0].label", "placement.constraints[0].weight", "placement.constraints[0]",
            ])
    }

    @Test func duplicateNamesAreFoundWhereTheyStand() {
        // The refused element before it must not shift the index.
        let issues = ConfigurationText.issues(
            ConfigurationText.services("1", #"{"name":"a"}"#, #"{"name":"b"}"#, #"{"name":"a"}"#))
        #expect(
            issues == [
                "spec.services[0]: services[0] must be an object, not 1",
                "spec.services[3].name: a is the name of services[1] too: each service needs its own",
            ])
    }

    @Test func noJSONIsMalformed() {
        #expect { try OrionConfig.parse(json: Array("apiVersion: orion/v1".utf8)) } throws: {
            ($0 as? OrionError)?.code == .malformed
        }
    }

    @Test func issuesKeptAreBounded() throws {
        let services = (0..<3000).map { #"{"name":"s\#($0)","x":1}"# }.joined(separator: ",")
        let error = try #require(throws: OrionError.self) {
            try OrionConfig.parse(json: ConfigurationText.services(services))
        }
        #expect(error.issues.count == 1000)
        #expect(error.message.contains("3000"))
    }

    @Test func servicesHaveALimit() {
        let services = (0...10_000).map { #"{"name":"s\#($0)"}"# }.joined(separator: ",")
        #expect(
            ConfigurationText.issues(ConfigurationText.services(services))
                == ["spec.services: services must have at most 10000 elements, not 10001"])
    }
}
