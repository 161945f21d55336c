/// The document that `orion init` writes: it runs as it is, and shows what else there is.
enum ExampleDocument {
    /// The text, for a configuration of that name.
    static func text(name: String) -> String {
        """
        # What should run. Check it:  orion validate -f orion.yaml
        # Make it so:                 orion apply -f orion.yaml --wait
        # See it:                     orion get replicas
        apiVersion: orion/v1
        kind: Config
        metadata:
          name: \(name)              # whose services these are: --prune removes only services of this name
          environment: dev
        spec:
          services:
            - name: ticker
              # node, bun and deno start `entry` with that program; exec starts `command` itself, without a shell.
              runtime: exec
              command: [sh, -c, 'while true; do echo "$ORION_REPLICA_ID ticks"; sleep 5; done']
              path: .                # its directory, inside the agent's workspace root
              replicas: 2

              # Ports. Without a number each replica gets a free one of its own, in its environment as PORT.
              # ports:
              #   - name: http
              #     port: 4000       # fixed: at most one replica on a node

              # Environment variables; nothing else of the agent's own environment is passed on.
              # env:
              #   GREETING: hello

              # What the scheduler reserves for each replica: cores and MiB.
              # resources: {cpu: 0.5, memory: 256}

              # Services that must be ready before this one's first start.
              # dependencies: [database]

              # When the process exits: always, on-failure or never.
              # restart: {policy: always, initialDelaySeconds: 0.1, maxDelaySeconds: 60}

              # How it is stopped.
              # stop: {signal: SIGTERM, gracePeriodSeconds: 10}

            # - name: api
            #   type: node
            #   entry: server.js     # node server.js
            #   ports: [{name: http}]

        """
    }

    /// A name made of a folder's: a DNS label, `default` where nothing of it can be used.
    static func name(fromFolder folder: String) -> String {
        var label = ""
        for character in folder.lowercased() {
            if character.isASCII, character.isLetter || character.isNumber {
                label.append(character)
            } else if !label.isEmpty, label.last != "-" {
                label.append("-")
            }
        }
        label = String(label.prefix(56))
        while label.last == "-" { label.removeLast() }
        return label.isEmpty ? "default" : label
    }
}
