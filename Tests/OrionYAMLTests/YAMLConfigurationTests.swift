import OrionCore
import OrionYAML
import Testing

@Suite struct YAMLConfigurationTests {
    /// The same document in both forms has the same configuration.
    @Test func yamlIsTakenAsJSONIs() throws {
        let yaml = """
            apiVersion: orion/v1
            kind: Config
            metadata: {name: shop}
            spec:
              services:
                - name: web
                  command: "server --port 1"
                  replicas: 3
                  ports: [{name: http, port: 4000}]
                  env:
                    PORT: "4000"
                  resources: {cpu: 0.5, memory: 256}
                  health:
                    http: {path: /health}
            """
        let json = #"""
            {"apiVersion":"orion/v1","kind":"Config","metadata":{"name":"shop"},"spec":{"services":[{"name":"web",
            "command":"server --port 1","replicas":3,"ports":[{"name":"http","port":4000}],"env":{"PORT":"4000"},
            "resources":{"cpu":0.5,"memory":256},"health":{"http":{"path":"/health"}}}]}}
            """#
        #expect(try OrionYAML.parse(yaml: Array(yaml.utf8)) == OrionConfig.parse(json: Array(json.utf8)))
        #expect(try OrionYAML.parse(yaml: Array(json.utf8)) == OrionConfig.parse(json: Array(json.utf8)))
    }

    /// What is to be written in quotes is the text as it stands, not the number that it would be.
    @Test func adviceHasTheTextOfTheDocument() throws {
        let yaml = """
            apiVersion: orion/v1
            kind: Config
            spec:
              services:
                - name: 0x10
                  env: &env {A: 0123, B: 0x1F, C: 1.50, D: True}
                - name: b
                  env: {<<: *env, A: 9, B: "x", D: "x"}
            """
        let error = try #require(throws: OrionError.self) { try OrionYAML.parse(yaml: Array(yaml.utf8)) }
        let texts = error.issues.map { $0.message.split(separator: ", ").last.map(String.init) }
        #expect(texts == [#""0x10""#, #""0123""#, #""0x1F""#, #""1.50""#, #""True""#, #""9""#, #""1.50""#])
    }

    @Test func issuesAreThoseOfJSON() throws {
        let yaml = """
            apiVersion: orion/v1
            kind: Config
            spec:
              services:
                - name: Web
                  replica: 3
                  env: {PORT: 8080, DEBUG: true, EMPTY: }
                  autoscaling: {enabled: yes}
            """
        let error = try #require(throws: OrionError.self) { try OrionYAML.parse(yaml: Array(yaml.utf8)) }
        #expect(error.code == .invalid)
        #expect(
            error.issues.map { "\($0.pathText): \($0.message)" } == [
                "spec.services[0].name: name must be lower-case letters, digits and hyphens, with a letter or digit at "
                    + #"both ends, not "Web"; did you mean web?"#,
                #"spec.services[0].env.DEBUG: DEBUG must be a string: write it in quotes, "true""#,
                #"spec.services[0].env.EMPTY: EMPTY must be a string, not null: write "" for an empty one"#,
                #"spec.services[0].env.PORT: PORT must be a string: write it in quotes, "8080""#,
                #"spec.services[0].autoscaling.enabled: enabled must be true or false, not "yes""#,
                #"spec.services[0].replica: unknown field "replica"; did you mean replicas?"#,
            ])
    }
}
