import GRDB
import OrionCore

/// Turns changes into rows, inside a transaction. Each kind of change has one statement, prepared once.
struct StateWriter {
    private let database: Database

    init(_ database: Database) { self.database = database }

    func write(_ changes: [StateChange]) throws {
        for change in changes { try write(change) }
    }

    /// Writes a page, and changes nothing that anyone reads: a row that is written as it was is not written at all.
    func touch() throws {
        try RowBinder(database, "UPDATE cluster SET probes = probes + 1 WHERE id = 1").run()
    }

    private func write(_ change: StateChange) throws {
        switch change {
        case .cluster(let record): try write(record)
        case .configuration(let record): try write(record)
        case .removeConfiguration(let name):
            try remove("DELETE FROM configuration WHERE name = ?") { row in try row.key(name) }
        case .service(let record): try write(record)
        case .removeService(let name):
            try remove("DELETE FROM service WHERE name = ?") { row in try row.key(name) }
            try remove("DELETE FROM generation WHERE service = ?") { row in try row.key(name) }
        case .generation(let record): try write(record)
        case .removeGeneration(let name, let generation):
            try remove("DELETE FROM generation WHERE service = ? AND generation = ?") { row in
                try row.key(name)
                try row.integer(generation)
            }
        case .node(let record): try write(record)
        case .removeNode(let id): try remove("DELETE FROM node WHERE id = ?") { row in try row.key(id) }
        case .replica(let record): try write(record)
        case .removeReplica(let id): try remove("DELETE FROM replica WHERE id = ?") { row in try row.key(id) }
        }
    }

    private func remove(_ sql: String, _ bind: (inout RowBinder) throws -> Void) throws {
        var row = try RowBinder(database, sql)
        try bind(&row)
        try row.run()
    }

    private func write(_ record: StoredCluster) throws {
        var row = try RowBinder(
            database,
            "UPDATE cluster SET cluster_id = ?, revision = ?, last_fence = ?, cursor = ? WHERE id = 1")
        try row.text(record.clusterId)
        try row.integer(record.revision)
        try row.fence(record.lastFence)
        try row.text(record.cursor?.rawValue)
        try row.run()
    }

    private func write(_ record: StoredConfiguration) throws {
        var row = try RowBinder(
            database,
            """
            INSERT INTO configuration (name, document) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET document = excluded.document
            """)
        try row.key(record.name)
        try row.bytes(record.document)
        try row.run()
    }

    private func write(_ record: StoredService) throws {
        var row = try RowBinder(
            database,
            """
            INSERT OR REPLACE INTO service (
                name, id, config, generation, first_generation, observed_generation, proven_generation, is_removing,
                created_at, updated_at
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        try row.key(record.name)
        try row.text(record.id)
        try row.text(record.config)
        try row.integer(record.generation)
        try row.integer(record.firstGeneration)
        try row.integer(record.observedGeneration)
        try row.integer(record.provenGeneration)
        try row.boolean(record.isRemoving)
        try row.time(record.createdAt)
        try row.time(record.updatedAt)
        try row.run()
    }

    private func write(_ record: StoredGeneration) throws {
        var row = try RowBinder(
            database,
            """
            INSERT OR REPLACE INTO generation (
                service, generation, restart_from, created_at, specification, fields, undoes, ending
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
        try row.key(record.service)
        try row.integer(record.generation)
        try row.integer(record.restartFrom)
        try row.time(record.createdAt)
        try row.bytes(record.specification)
        try row.json(record.fields.isEmpty ? nil : record.fields)
        try row.integer(record.undoes)
        try row.json(record.ending)
        try row.run()
    }

    private func write(_ record: StoredNode) throws {
        var row = try RowBinder(
            database,
            """
            INSERT OR REPLACE INTO node (
                id, name, address, labels, has_capacity, cpu, memory, is_schedulable, is_draining, agent_version,
                protocol, declared_by
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        try row.key(record.id)
        try row.text(record.name)
        try row.text(record.address)
        try row.map(record.labels)
        try row.boolean(record.capacity != nil)
        try row.real(record.capacity?.cpu)
        try row.real(record.capacity?.memory)
        try row.boolean(record.isSchedulable)
        try row.boolean(record.isDraining)
        try row.text(record.agentVersion)
        try row.integer(record.protocol)
        try row.text(record.declaredBy)
        try row.run()
    }

    private func write(_ record: StoredReplica) throws {
        var row = try RowBinder(
            database,
            """
            INSERT OR REPLACE INTO replica (
                id, service, node, generation, fence, intent, state, is_known, restarts, created_at, started_at, ports,
                exit_code, signal, message, replaces
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        try row.key(record.id)
        try row.text(record.service.rawValue)
        try row.text(record.node.rawValue)
        try row.integer(record.generation)
        try row.fence(record.fence)
        try row.text(record.intent.rawValue)
        try row.text(record.state.rawValue)
        try row.boolean(record.isKnown)
        try row.integer(record.restarts)
        try row.time(record.createdAt)
        try row.time(record.startedAt)
        try row.map(record.ports)
        try row.integer(record.exitCode)
        try row.text(record.signal)
        try row.text(record.message)
        try row.text(record.replaces?.rawValue)
        try row.run()
    }
}
