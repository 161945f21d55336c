import OrionCore
import Testing

@Suite struct ControlMessageGoldenTests {
    /// Those with every field of their payload, which are written as they were read.
    @Test(arguments: [
        "welcome.full", "launch.full", "stop.base", "stop.full", "update.full", "sync.full", "logs.base", "logs.full",
    ])
    func isWrittenAsItWasRead(_ file: String) throws {
        let bytes = try GoldenFiles.bytes("control/\(file)")
        #expect(try OrionJSON.parse(ControlMessage(json: bytes).json()) == OrionJSON.parse(bytes))
    }

    /// Those with base fields alone: nothing of them is lost, defaults join them.
    @Test(arguments: ["launch.base", "update.base"]) func baseFieldsAreKept(_ file: String) throws {
        let bytes = try GoldenFiles.bytes("control/\(file)")
        let written = try OrionJSON.parse(ControlMessage(json: bytes).json())
        #expect(try OrionJSON.parse(bytes).isContained(in: written))
        #expect(try OrionJSON.parse(ControlMessage(json: ControlMessage(json: bytes).json()).json()) == written)
    }

    @Test func launchWithBaseFieldsHasDefaults() throws {
        guard case .launch(let launch) = try ControlMessage(json: GoldenFiles.bytes("control/launch.base")) else {
            Issue.record("no launch")
            return
        }
        #expect(launch.replicaId == "web-00000a")
        #expect(launch.generation == nil)
        #expect(launch.fence == nil)
        let service = launch.service.value
        #expect(service.command == .line("server --port 1"))
        #expect(service.resources == Resources(cpu: 0.5, memory: 256))
        #expect(service.restart == RestartPolicy())
        #expect(service.stop == StopPolicy())
    }

    @Test func everyFieldOfALaunchIsRead() throws {
        guard case .launch(let launch) = try ControlMessage(json: GoldenFiles.bytes("control/launch.full")) else {
            Issue.record("no launch")
            return
        }
        #expect(launch.generation == 2)
        #expect(launch.fence == Fence(rawValue: 10))
        let service = launch.service.value
        #expect(service.command == .arguments(["server", "--port", "1"]))
        #expect(service.ports.map(\.protocol) == [.tcp, .udp])
        #expect(service.restart.maxAttempts == 5)
        #expect(service.update.maxSurge == .percent(50))
        #expect(service.update.maxUnavailable == .count(1))
        #expect(service.placement.constraints.first?.operator == .isIn)
        #expect(service.placement.affinity.first?.weight == 2.5)
        #expect(service.disconnect.keep == .original)
        #expect(service.job.timeoutSeconds == 300)
    }

    @Test func specificationIsSplicedAsItIs() throws {
        let specification = SharedSpecification(
            ServiceSpecification(name: "web"), json: Array(#"{"name":"web","x":1}"#.utf8))
        let launch = ControlMessage.launch(Launch(service: specification, replicaId: "web-000001", generation: 1))
        let text = String(decoding: launch.json(), as: UTF8.self)
        #expect(text.contains(#""service":{"name":"web","x":1}"#))
        let update = ControlMessage.update(Update(serviceName: "web", config: specification))
        #expect(String(decoding: update.json(), as: UTF8.self).contains(#""config":{"name":"web","x":1}"#))
    }
}

extension JSONValue {
    /// Whether every member of it, at every level, is in `other` too.
    func isContained(in other: JSONValue) -> Bool {
        switch (self, other) {
        case (.object(let own), .object(let others)):
            own.allSatisfy { name, value in others[name].map(value.isContained) ?? false }
        case (.array(let own), .array(let others)):
            own.count == others.count && zip(own, others).allSatisfy { $0.isContained(in: $1) }
        default: self == other
        }
    }
}
