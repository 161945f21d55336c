import OrionCore

/// A configuration of services that do nothing, all alike.
struct SleepDocument {
    let config: String
    let services: [ServiceName]
    let replicas: Int

    var json: [UInt8] {
        let services = services.map { name in
            JSONValue.object([
                "name": .string(name.rawValue), "runtime": .string("exec"), "replicas": .integer(Int64(replicas)),
                "command": .array([.string("sleep"), .string("86400")]),
            ])
        }
        return OrionJSON.encode(
            JSONValue.object([
                "apiVersion": .string("orion/v1"), "kind": .string("Config"),
                "metadata": .object(["name": .string(config)]), "spec": .object(["services": .array(services)]),
            ]))
    }
}
