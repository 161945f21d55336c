import Glibc
import OrionCore
import Testing

@testable import OrionAgentKit

@Suite struct LauncherTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    func service(_ change: (inout ServiceSpecification) -> Void) -> ServiceSpecification {
        var service = ServiceSpecification(name: "web")
        change(&service)
        return service
    }

    func request(
        _ service: ServiceSpecification, ports: [String: Int] = [:], agent: [String: String] = [:]
    ) throws -> ProcessRequest {
        let launcher = Launcher(
            workspace: try Workspace(root: folder.path), agentEnvironment: agent, nodeName: "n1", limits: [],
            mark: AgentMark(dataDirectory: folder.path))
        let record = LedgerRecord(
            id: "web-000001", service: "web", fence: Fence(rawValue: 1), specification: SharedSpecification(service),
            generation: 1, ports: ports)
        return try launcher.request(for: record, folder: ReplicaFolder(id: "web-000001", path: "/x"))
    }

    @Test func startsEachTypeItsOwnWay() throws {
        func words(_ change: (inout ServiceSpecification) -> Void) throws -> [String] {
            try LaunchCommand.arguments(of: service(change))
        }
        #expect(try words { $0.entry = "a.js" } == ["node", "a.js"])
        #expect(try words { $0.type = .worker } == ["node", "index.ts"])
        #expect(try words { $0.type = .bun } == ["bun", "run", "index.ts"])
        #expect(
            try words {
                $0.type = .worker; $0.runtime = .bun
            } == ["bun", "run", "index.ts"])
        #expect(try words { $0.type = .deno } == ["deno", "run", "--allow-net", "--allow-env", "index.ts"])
        #expect(try words { $0.type = .nextjs } == ["node_modules/.bin/next", "start"])
        #expect(try words { $0.type = .vite } == ["node_modules/.bin/vite", "preview"])
        #expect(try words { $0.command = .line("a 'b c' \"$X\"") } == ["a", "b c", "$X"])
        #expect(try words { $0.command = .arguments(["a", "b c", ""]) } == ["a", "b c", ""])
    }

    @Test(arguments: [
        (Command.line(""), "its command is empty"), (.line("''"), "its command is empty"),
        (.arguments([]), "its command is empty"),
        (.line("a 'b"), "the command has a single quote at character 3 that is never closed"),
    ]) func refusesCommandsWithoutAProgram(_ command: Command, _ reason: String) throws {
        let error = #expect(throws: LaunchError.self) {
            try LaunchCommand.arguments(of: service { $0.command = command })
        }
        #expect(error?.message.contains(reason) == true)
    }

    @Test func execNeedsACommand() {
        let error = #expect(throws: LaunchError.self) {
            try LaunchCommand.arguments(of: service { $0.runtime = .exec })
        }
        #expect(error?.message.contains("set command") == true)
    }

    @Test func givesTheWholeEnvironmentAndNothingElse() throws {
        let service = service {
            $0.ports = [Port(name: "http", port: 80), Port(name: "grpc-web")]
            $0.env = ["A": "1", "PATH": "/own", "PORT": "no", "HOME": "/h", "ORION_HEALTH_CHECK": "true"]
        }
        let request = try request(
            service, ports: ["http": 80, "grpc-web": 4001],
            agent: ["PATH": "/bin", "LANG": "C", "SECRET": "s", "HOME": "/root"])
        #expect(
            request.environment.map { "\($0.name)=\($0.value)" } == [
                "A=1", "HOME=/h", "LANG=C", "ORION_AGENT_MARK=\(AgentMark(dataDirectory: folder.path).value)",
                "ORION_FENCE=1", "ORION_MANAGED=true", "ORION_NODE_NAME=n1",
                "ORION_PORT_GRPC_WEB=4001", "ORION_PORT_HTTP=80", "ORION_REPLICA_ID=web-000001",
                "ORION_SERVICE_NAME=web",
                "PATH=/own", "PORT=80",
            ])
    }

    @Test func worksInsideTheWorkspace() throws {
        mkdir(folder.path("apps"), 0o755)
        mkdir(folder.path("apps/web"), 0o755)
        symlink("apps/web", folder.path("link"))
        #expect(try request(service { $0.path = "." }).workingDirectory == folder.path)
        #expect(try request(service { $0.path = "apps/web" }).workingDirectory == folder.path("apps/web"))
        #expect(try request(service { $0.path = "apps/../link" }).workingDirectory == folder.path("apps/web"))
    }

    @Test func neverLeavesTheWorkspace() throws {
        mkdir(folder.path("root"), 0o755)
        mkdir(folder.path("root-beside"), 0o755)
        symlink("/etc", folder.path("root/link"))
        symlink("../root-beside", folder.path("root/beside"))
        try folder.write("", to: "root/file")
        let workspace = try Workspace(root: folder.path("root"))
        for path in ["..", "../..", "link", "beside", "../root-beside", "nowhere", "file", "a\u{0}b"] {
            #expect(throws: LaunchError.self) { try workspace.directory(path, of: "web") }
        }
        let error = #expect(throws: LaunchError.self) { try workspace.directory("link", of: "web") }
        #expect(
            error?.message
                == "cannot start web: its path link leads to /etc, outside of the workspace root \(folder.path("root"))"
        )
        #expect(throws: LaunchError.self) { try Workspace(root: folder.path("nowhere")) }
        #expect(throws: LaunchError.self) { try Workspace(root: folder.path("root/file")) }
    }

    @Test func picksPortsThatNobodyHolds() throws {
        let service = service { $0.ports = [Port(name: "http", port: 80), Port(name: "a"), Port(name: "b")] }
        let first = try PortPicker.ports(for: service, held: [])
        #expect(first["http"] == 80)
        #expect(Set(first.values).count == 3)
        for _ in 0..<100 {
            let ports = try PortPicker.ports(for: service, held: Set(first.values))
            #expect(Set(ports.values).intersection(first.values) == [80])
        }
    }
}
