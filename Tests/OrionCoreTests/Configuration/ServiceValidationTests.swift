import OrionCore
import Testing

@Suite struct ServiceValidationTests {
    /// The members of a service, the place of the one issue below `spec.services[0]`, and a part of its message.
    private static let refused: [(members: String, place: String, message: String)] = [
        (#""replicas":-1"#, "replicas", "must be from 0 to 10000, not -1"),
        (#""replicas":10001"#, "replicas", "must be from 0 to 10000"),
        (#""replicas":1.5"#, "replicas", "whole number, not 1.5"),
        (#""replicas":"3""#, "replicas", #"must be a whole number, not "3""#),
        (#""replica":3"#, "replica", "did you mean replicas?"),
        (#""Replicas":3"#, "Replicas", "did you mean replicas?"),
        (#""xyzzy":3"#, "xyzzy", "unknown field"),
        (#""path":"/srv""#, "path", "relative to the agent's workspace"),
        (#""path":"../x""#, "path", "must stay inside"),
        (#""path":"a/../../x""#, "path", "must stay inside"),
        (#""path":"""#, "path", "must not be empty"),
        (#""path":"~/x""#, "path", "~ is not expanded"),
        (#""path":"a\u0000b""#, "path", "U+0000"),
        (#""path":7"#, "path", "must be a string"),
        (#""entry":"/x.ts""#, "entry", "relative"),
        (#""path":"a","entry":"../../x.ts""#, "entry", "must stay inside"),
        (#""type":"python""#, "type", "must be node, nextjs, bun, deno, vite or worker"),
        (#""type":"nodejs""#, "type", "did you mean node?"),
        (#""runtime":"exec""#, "runtime", "needs a command"),
        (#""command":"""#, "command", "must begin with the program"),
        (#""command":"  \n""#, "command", "must begin with the program"),
        (#""command":"''""#, "command", "must begin with the program"),
        (#""command":[]"#, "command", "must begin with the program"),
        (#""command":[""]"#, "command", "must begin with the program"),
        (#""command":["a",1]"#, "command[1]", "must be a string"),
        (#""command":"server 'a""#, "command", "single quote at character 8"),
        (#""command":"server \"a\\\"""#, "command", "double quote at character 8"),
        (#""command":"server \\""#, "command", "ends in a backslash"),
        (#""command":"a\u0000b""#, "command", "U+0000"),
        (#""command":{}"#, "command", "must be a string or an array of strings"),
        (#""ports":[4000]"#, "ports[0]", "{name: http, port: 4000}"),
        (#""ports":{"http":4000}"#, "ports", "must be an array"),
        (#""ports":[{"port":4000}]"#, "ports[0].name", "name is missing"),
        (#""ports":[{"name":"http","port":0}]"#, "ports[0].port", "from 1 to 65535"),
        (#""ports":[{"name":"http","port":65536}]"#, "ports[0].port", "from 1 to 65535"),
        (#""ports":[{"name":"http","targetPort":0}]"#, "ports[0].targetPort", "from 1 to 65535"),
        (#""ports":[{"name":"ht tp"}]"#, "ports[0].name", "letters, digits"),
        (#""ports":[{"name":"a"},{"name":"a"}]"#, "ports[1].name", "earlier port"),
        (#""ports":[{"name":"a-b"},{"name":"A_b"}]"#, "ports[1].name", "ORION_PORT_A_B"),
        (#""ports":[{"name":"a","port":1},{"name":"b","port":1}]"#, "ports[1].port", "earlier port"),
        (#""ports":[{"name":"a","protocol":"sctp"}]"#, "ports[0].protocol", "must be tcp or udp"),
        (#""env":{"":"x"}"#, "env.", "must not be empty"),
        (#""env":{"A=B":"x"}"#, "env.A=B", "must not contain `=`"),
        (#""env":{"A\u0000":"x"}"#, "env.A\0", "U+0000"),
        (#""env":{"A":"x\u0000"}"#, "env.A", "U+0000"),
        (#""env":{"PORT":8080}"#, "env.PORT", #"write it in quotes, "8080""#),
        (#""env":{"DEBUG":true}"#, "env.DEBUG", #"write it in quotes, "true""#),
        (#""env":{"EMPTY":null}"#, "env.EMPTY", "not null"),
        (#""env":["A=b"]"#, "env", "must be an object"),
        (#""labels":{"a":1}"#, "labels.a", "in quotes"),
        (#""resources":{"cpu":-0.5}"#, "resources.cpu", "from 0 to"),
        (#""resources":{"memory":"256Mi"}"#, "resources.memory", "must be a number"),
        (#""resources":{"cpus":1}"#, "resources.cpus", "did you mean cpu?"),
        (#""kind":"job""#, "kind", "not built yet"),
        (#""kind":"daemon""#, "kind", "must be service or job"),
        (#""schedule":"*/5 * * * *""#, "schedule", "not built yet"),
        (#""schedule":"* * * *""#, "schedule", "five fields"),
        (#""dependencies":["web"]"#, "dependencies[0]", "must not depend on itself"),
        (#""dependencies":["a","a"]"#, "dependencies[1]", "named twice"),
        (#""dependencies":["Not A Name"]"#, "dependencies[0]", "did you mean not-a-name?"),
        (#""dependencies":"db""#, "dependencies", "must be an array"),
        (#""hooks":{"onStart":"a:b"}"#, "hooks.onStart", "unknown field"),
        (#""hooks":{"beforeStart":"migrate"}"#, "hooks.beforeStart", "plugin:action"),
        (#""plugins":[{"config":{}}]"#, "plugins[0].name", "missing"),
        (#""plugins":[1]"#, "plugins[0]", "plugin's name"),
        (#""autoscaling":{"minReplicas":6}"#, "autoscaling", "must not be larger"),
        (#""autoscaling":{"scaleUpThreshold":75}"#, "autoscaling.scaleUpThreshold", "from 0 to 1"),
        (#""restart":{"policy":"sometimes"}"#, "restart.policy", "must be always, on-failure or never"),
        (#""restart":{"initialDelaySeconds":0}"#, "restart.initialDelaySeconds", "must be from 0.01"),
        (#""restart":{"initialDelaySeconds":61}"#, "restart", "must not be larger than maxDelaySeconds"),
        (#""restart":{"maxAttempts":-1}"#, "restart.maxAttempts", "must be from 0"),
        (#""restart":{"delay":1}"#, "restart.delay", "unknown field"),
        (#""stop":{"signal":"TERM"}"#, "stop.signal", "did you mean SIGTERM?"),
        (#""stop":{"signal":"SIGSTOP"}"#, "stop.signal", "must be one of"),
        (#""stop":{"gracePeriodSeconds":-1}"#, "stop.gracePeriodSeconds", "from 0"),
        (#""health":{}"#, "health", "exactly one of http, tcp and exec, not none"),
        (
            #""health":{"http":{},"tcp":{}},"ports":[{"name":"a"}]"#, "health",
            "exactly one of http, tcp and exec, not 2"
        ),
        (#""health":{"http":{}}"#, "health.http", "no port to check"),
        (#""health":{"tcp":{"port":"b"}},"ports":[{"name":"a"}]"#, "health.tcp.port", "it has a"),
        (#""health":{"tcp":{"port":"a"}},"ports":[{"name":"a","protocol":"udp"}]"#, "health.tcp.port", "UDP"),
        (#""health":{"tcp":{}},"ports":[{"name":"a","protocol":"udp"}]"#, "health.tcp", "no TCP port"),
        (#""health":{"http":{"path":"health"}},"ports":[{"name":"a"}]"#, "health.http.path", "must begin with /"),
        (#""health":{"http":{"port":8080}},"ports":[{"name":"a"}]"#, "health.http.port", "name of one of"),
        (#""health":{"tcp":{"port":1}}"#, "health.tcp.port", "name of one of"),
        (#""serverless":{"trigger":"foo"}"#, "serverless.trigger", "must be http or queue"),
        (#""env":{"A":1.5}"#, "env.A", "write it in quotes"),
        (#""health":{"exec":{}}"#, "health.exec.command", "missing"),
        (#""health":{"exec":{"command":"x"},"failureThreshold":0}"#, "health.failureThreshold", "from 1"),
        (#""update":{"maxSurge":0}"#, "update", "must not both be 0"),
        (#""update":{"maxSurge":"0%","maxUnavailable":"0%"}"#, "update", "must not both be 0"),
        (#""update":{"maxSurge":"25"}"#, "update.maxSurge", "percentage"),
        (#""update":{"maxSurge":"101%"}"#, "update.maxSurge", "percentage"),
        (#""update":{"maxSurge":-1}"#, "update.maxSurge", "from 0 to 10000"),
        (#""update":{"maxSurge":"+5%"}"#, "update.maxSurge", "percentage"),
        (#""placement":{"constraints":[{"label":"a","operator":"In"}]}"#, "placement.constraints[0]", "needs `values`"),
        (
            #""placement":{"constraints":[{"label":"a","operator":"Exists","values":["b"]}]}"#,
            "placement.constraints[0]", "no `values`"
        ),
        (
            #""placement":{"constraints":[{"label":"a","operator":"in","values":["b"]}]}"#,
            "placement.constraints[0].operator", "did you mean In?"
        ),
        (#""placement":{"spread":[{"label":"a","maxSkew":0}]}"#, "placement.spread[0].maxSkew", "from 1"),
        (#""placement":{"strategy":""}"#, "placement.strategy", "must name"),
        (#""disconnect":{"overlap":false}"#, "disconnect", "needs stopAfterSeconds"),
        (#""disconnect":{"stopAfterSeconds":0.5}"#, "disconnect.stopAfterSeconds", "must be"),
        (#""disconnect":{"keep":"both"}"#, "disconnect.keep", "must be replacement or original"),
        (#""job":{"concurrency":"Forbid"}"#, "job.concurrency", "did you mean forbid?"),
    ]

    @Test(arguments: refused.indices) func oneFaultIsOneIssueAtItsPlace(_ index: Int) {
        let (members, place, message) = Self.refused[index]
        let issues = ConfigurationText.issues(ConfigurationText.service(members))
        #expect(issues.count == 1, "\(members) gives \(issues)")
        let issue = issues.first ?? ""
        #expect(issue.hasPrefix("spec.services[0].\(place): "), "\(issue)")
        #expect(issue.contains(message), "\(issue)")
    }

    @Test(arguments: [
        "", #""replicas":0"#, #""replicas":10000"#, #""replicas":3.0"#, #""path":"a/../b""#, #""path":"./a/.""#,
        #""path":"..a""#,
        #""path":"a b/é""#, #""path":"a","entry":"../shared/x.ts""#,
        #""entry":"https://example.com/x.ts","type":"deno""#,
        #""command":"server --name 'a b' \"c\\\"d\" e\\ f""#, #""command":["/bin/sh","-c","x"]"#,
        #""command":"a '' b""#,
        #""runtime":"exec","command":"./run""#, #""ports":[{"name":"http"},{"name":"admin"}]"#,
        #""ports":[{"name":"dns","port":53},{"name":"dns-udp","port":53,"protocol":"udp"}]"#,
        #""env":{"A":"","b.c":"x=y","Ü":"ß","ORION_API":"http://localhost:6060","PORT":"80"}"#,
        #""env":null,"ports":null"#,
        #""resources":{"cpu":0,"memory":0.5}"#, #""restart":{"maxAttempts":null}"#, #""restart":{"maxAttempts":0}"#,
        #""health":{"http":{}},"ports":[{"name":"a"}]"#, #""health":{"exec":{"command":["true"]}}"#,
        #""update":{"maxSurge":0,"maxUnavailable":1}"#, #""update":{"maxSurge":"100%"}"#,
        #""disconnect":{"overlap":false,"stopAfterSeconds":20}"#, #""dependencies":["elsewhere"]"#,
        #""plugins":["a",{"name":"b","config":[1]}]"#,
    ])
    func takes(_ members: String) {
        #expect(ConfigurationText.issues(ConfigurationText.service(members)) == [])
    }

    @Test(arguments: [
        ("Web", "did you mean web?"), ("api_users", "did you mean api-users?"), ("-a", "did you mean a?"),
        ("a-", "hyphens"),
        ("", "1 to 56 characters"), (String(repeating: "a", count: 57), "1 to 56 characters"),
        ("a.b", "did you mean a-b?"),
        ("ä", "lower-case letters"), ("a\\u0000", "1 to 56"),
    ])
    func refusesNames(_ name: String, _ message: String) {
        let issues = ConfigurationText.issues(ConfigurationText.services(#"{"name":"\#(name)"}"#))
        #expect(issues.count == 1)
        #expect(issues.first?.hasPrefix("spec.services[0].name: ") == true)
        #expect(issues.first?.contains(message) == true, "\(issues)")
    }

    @Test(arguments: ["a", "0", "api-users", "a--b", String(repeating: "a", count: 56)]) func takesNames(_ name: String)
    {
        #expect(ConfigurationText.issues(ConfigurationText.services(#"{"name":"\#(name)"}"#)) == [])
    }

    @Test func runtimeFollowsType() throws {
        for (type, runtime) in [
            ("node", "node"), ("bun", "bun"), ("deno", "deno"), ("worker", "node"), ("vite", "node"),
        ] {
            let config = try OrionConfig.parse(json: ConfigurationText.service(#""type":"\#(type)""#)).config
            #expect(config.spec.services.first?.runtime.rawValue == runtime)
        }
        let both = try OrionConfig.parse(json: ConfigurationText.service(#""type":"bun","runtime":"node""#)).config
        #expect(both.spec.services.first?.runtime == .node)
    }

    @Test func specificationHasASizeLimit() {
        let value = String(repeating: "x", count: 100_000)
        #expect(ConfigurationText.issues(ConfigurationText.service(#""env":{"A":"\#(value)","B":"\#(value)"}"#)) == [])
        let issues = ConfigurationText.issues(
            ConfigurationText.service(#""env":{"A":"\#(value)","B":"\#(value)","C":"\#(value)"}"#))
        #expect(issues.count == 1)
        #expect(issues.first?.contains("at most 262144") == true)
        let long = String(repeating: "x", count: 131_070)
        #expect(
            ConfigurationText.issues(ConfigurationText.service(#""env":{"A":"\#(long)"}"#)).first?.contains("131071")
                == true)
    }
}
