import GRDB
import OrionCore

/// Turns rows into records, all of them in one transaction.
struct StateReader {
    private let database: Database

    init(_ database: Database) { self.database = database }

    func read() throws -> StoredState {
        let clusters = try RowReader.all(
            database, "SELECT cluster_id, revision, last_fence, cursor FROM cluster WHERE id = 1"
        ) { row in
            var record = StoredCluster(clusterId: row.text())
            record.revision = row.long()
            record.lastFence = row.fence()
            record.cursor = row.optionalID()
            return record
        }
        guard let cluster = clusters.first else { throw RowError("the cluster's id is missing") }
        var state = StoredState(cluster: cluster)
        state.configurations = try RowReader.all(
            database, "SELECT name, document FROM configuration ORDER BY name"
        ) { row in
            StoredConfiguration(name: row.text(), document: row.bytes())
        }
        state.services = try services()
        state.generations = try generations()
        state.nodes = try nodes()
        state.replicas = try replicas()
        return state
    }

    private func services() throws -> [StoredService] {
        try RowReader.all(
            database,
            """
            SELECT name, id, config, generation, created_at, first_generation, observed_generation, proven_generation,
                is_removing, updated_at
            FROM service ORDER BY name
            """
        ) { row in
            var record = StoredService(
                name: row.id(), id: row.text(), config: row.text(), generation: row.integer(), createdAt: row.time())
            record.firstGeneration = row.integer()
            record.observedGeneration = row.integer()
            record.provenGeneration = row.integer()
            record.isRemoving = row.boolean()
            record.updatedAt = row.time()
            return record
        }
    }

    private func generations() throws -> [StoredGeneration] {
        try RowReader.all(
            database,
            """
            SELECT service, generation, restart_from, created_at, specification, fields, undoes, ending FROM generation
            ORDER BY service, generation
            """
        ) { row in
            var record = StoredGeneration(
                service: row.id(), generation: row.integer(), restartFrom: row.integer(), createdAt: row.time(),
                specification: row.bytes())
            record.fields = try row.json([String].self) ?? []
            record.undoes = row.optionalInteger()
            record.ending = try row.json(RolloutEnding.self)
            return record
        }
    }

    private func nodes() throws -> [StoredNode] {
        try RowReader.all(
            database,
            """
            SELECT id, name, address, labels, has_capacity, cpu, memory, is_schedulable, is_draining, agent_version,
                protocol, declared_by
            FROM node ORDER BY id
            """
        ) { row in
            var record = StoredNode(
                id: row.id(), name: row.text(), address: row.text(),
                labels: try row.map { value in if case .string(let text) = value { text } else { nil } })
            let hasCapacity = row.boolean()
            let capacity = Capacity(cpu: row.optionalReal(), memory: row.optionalReal())
            record.capacity = hasCapacity ? capacity : nil
            record.isSchedulable = row.boolean()
            record.isDraining = row.boolean()
            record.agentVersion = row.optionalText()
            record.protocol = row.optionalInteger()
            record.declaredBy = row.optionalText()
            return record
        }
    }

    private func replicas() throws -> [StoredReplica] {
        try RowReader.all(
            database,
            """
            SELECT id, service, node, generation, fence, created_at, intent, state, is_known, restarts, started_at,
                ports, exit_code, signal, message, replaces
            FROM replica ORDER BY id
            """
        ) { row in
            var record = StoredReplica(
                id: row.id(), service: row.id(), node: row.id(), generation: row.integer(), fence: row.fence(),
                createdAt: row.time())
            record.intent = try row.word(StoredReplica.Intent.self)
            record.state = try row.word(ReplicaPhase.self)
            record.isKnown = row.boolean()
            record.restarts = row.integer()
            record.startedAt = row.optionalTime()
            record.ports = try row.map { value in if case .integer(let number) = value { Int(number) } else { nil } }
            record.exitCode = row.optionalInteger()
            record.signal = row.optionalText()
            record.message = row.optionalText()
            record.replaces = row.optionalID()
            return record
        }
    }
}
