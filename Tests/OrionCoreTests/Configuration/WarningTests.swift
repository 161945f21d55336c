import OrionCore
import Testing

@Suite struct WarningTests {
    private func warnings(_ members: String) throws -> [String] {
        try OrionConfig.parse(json: ConfigurationText.service(members)).warnings.map(\.pathText)
    }

    @Test(
        arguments: [
            (#""hooks":{"beforeStart":"a:b"}"#, ["hooks"]),
            (#""plugins":["a"]"#, ["plugins"]), (#""autoscaling":{"enabled":true}"#, ["autoscaling.enabled"]),
            (#""serverless":{"enabled":true}"#, ["serverless"]),
            (
                #""placement":{"strategy":"spread","priority":1,"warm":2}"#,
                ["placement.strategy", "placement.priority", "placement.warm"]
            ),
            (#""placement":{"constraints":[{"label":"a","operator":"Exists"}]}"#, ["placement.constraints"]),
            (#""job":{"maxRetries":1}"#, ["job"]),
            (#""ports":[{"name":"a","port":1,"targetPort":2}]"#, ["ports[0].targetPort"]),
            (#""env":{"ORION_HEALTH_CHECK":"true"}"#, ["env.ORION_HEALTH_CHECK"]),
            (
                #""ports":[{"name":"a"}],"env":{"PORT":"1","ORION_PORT_A":"","ORION_FENCE":"1","ORION_X":"1"}"#,
                ["env.ORION_FENCE", "env.ORION_PORT_A", "env.PORT"]
            ),
        ] as [(String, [String])])
    func saysWhatIsKeptButNotActedOn(_ members: String, _ places: [String]) throws {
        #expect(try warnings(members) == places.map { "spec.services[0].\($0)" })
    }

    @Test func namesAStrategyThatThisVersionDoesNotKnow() throws {
        let document = ConfigurationText.service(#""placement":{"strategy":"foo"}"#)
        let warnings = try OrionConfig.parse(json: document).warnings
        #expect(warnings.map(\.pathText) == ["spec.services[0].placement.strategy"])
        #expect(warnings.map(\.message) == [#"strategy "foo" is unknown to this version"#])
    }

    /// Defaults that are written out are nobody's wish.
    @Test(arguments: [
        "", #""autoscaling":{"enabled":false,"maxReplicas":9}"#, #""serverless":{"enabled":false}"#,
        #""placement":{"strategy":"round-robin","constraints":[]}"#,
        #""update":{"maxSurge":2,"maxUnavailable":1,"minReadySeconds":5,"deadlineSeconds":9,"autoRollback":false}"#,
        #""disconnect":{"replaceAfterSeconds":60,"keep":"original"}"#,
        #""health":{"tcp":{}},"ports":[{"name":"a"}]"#, #""hooks":{}"#, #""plugins":[]"#, #""dependencies":["db"]"#,
        #""ports":[{"name":"a","port":1,"targetPort":1}]"#,
        #""env":{"PORT":"1"}"#,
        #""restart":{"policy":"never"},"stop":{"signal":"SIGINT"},"labels":{"a":"b"},"resources":{"cpu":1}"#,
    ])
    func saysNothingOfDefaults(_ members: String) throws {
        #expect(try warnings(members) == [])
    }

    @Test func saysItOfTheDocumentToo() throws {
        let document = #"{"apiVersion":"orion/v1","kind":"Config","spec":{"plugins":["a"],"dns":{"zone":"x"}}}"#
        let parsed = try OrionConfig.parse(json: Array(document.utf8))
        #expect(parsed.warnings.map(\.pathText) == ["spec.plugins", "spec.dns"])
        #expect(parsed.warnings.allSatisfy { $0.message.contains("kept but not acted on yet") })
    }
}
