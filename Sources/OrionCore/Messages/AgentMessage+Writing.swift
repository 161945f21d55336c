/// The messages that agents send by the thousand, written without an encoder; the bytes are those of `OrionJSON.encode`.
extension Heartbeat {
    func write(to json: inout [UInt8]) {
        json.appendObject { json in
            json.append("digest", digest)
            json.appendName("metrics")
            metrics.write(to: &json)
            json.append("replicas", replicas) {
                $0.rawValue
            } value: { usage, json in
                usage.write(to: &json)
            }
            json.append("timestamp", timestamp)
        }
    }
}

extension Usage {
    fileprivate func write(to json: inout [UInt8]) {
        json.appendObject { json in
            json.append("cpu", cpu)
            json.append("memory", memory)
        }
    }
}

extension ReplicaStatus {
    func write(to json: inout [UInt8]) {
        json.appendObject { json in
            json.append("exitCode", exitCode)
            json.append("generation", generation)
            if let lastLines {
                json.appendName("lastLines")
                json += OrionJSON.encode(lastLines)
            }
            json.append("message", message)
            json.append("ports", ports) {
                $0
            } value: { port, json in
                json.appendJSON(whole: port)
            }
            json.append("replicaId", replicaId.rawValue)
            json.append("restarts", restarts)
            json.append("service", service.rawValue)
            json.append("signal", signal)
            json.append("startedAt", startedAt)
            json.append("state", state.rawValue)
        }
    }
}

extension Hello {
    func write(to json: inout [UInt8]) {
        json.reserveCapacity(json.count + 512 + 192 * (replicas?.count ?? 0))
        json.appendObject { json in
            json.append("address", address)
            json.append("agentVersion", agentVersion)
            if let capacity {
                json.appendName("capacity")
                json.appendObject { json in
                    json.append("cpu", capacity.cpu)
                    json.append("memory", capacity.memory)
                }
            }
            json.append("instanceId", instanceId)
            json.append("labels", labels) {
                $0
            } value: { label, json in
                json.appendJSON(label)
            }
            json.append("name", name)
            json.append("nodeId", nodeId.rawValue)
            json.append("protocol", self.protocol)
            if let replicas {
                json.appendName("replicas")
                json.append(UInt8(ascii: "["))
                for (index, replica) in replicas.enumerated() {
                    if index > 0 { json.append(UInt8(ascii: ",")) }
                    replica.write(to: &json)
                }
                json.append(UInt8(ascii: "]"))
            }
            json.append("token", token)
        }
    }
}
