import Glibc

/// A server beside ours, and how it is started.
struct Peer {
    /// What it has to answer, and with what.
    struct Task {
        var port: Int
        var path: String
        /// The file that holds the body.
        var body: String
        var folder: String
    }

    let name: String
    let isHere: Bool
    let command: (Task) throws -> [String]

    /// Those that are only there after `Benchmarks/run --only http` have been built or installed by it.
    static func all(programs: String) -> [Peer] {
        let peers = "\(programs)/../../.build-peers"
        let (go, hummingbird) = ("\(peers)/go-peer", "\(peers)/release/hummingbird-peer")
        let node = Tool.path("node")
        let plain = "\(programs)/plain-servers"
        return [
            nginx,
            Peer(name: "NIO without a parser", isHere: Tool.isProgram(plain)) {
                [plain, "nio", "\($0.port)", $0.body]
            },
            Peer(name: "OrionHTTP alone", isHere: Tool.isProgram(plain)) {
                [plain, "orion-http", "\($0.port)", $0.body]
            },
            Peer(name: "Go's net/http", isHere: Tool.isProgram(go)) {
                ["/usr/bin/env", "GOMAXPROCS=1", go, "\($0.port)", $0.body]
            },
            Peer(name: "node's http", isHere: node != nil) {
                [node ?? "node", "Benchmarks/Peers/peer.js", "\($0.port)", $0.body]
            },
            Peer(name: "Hummingbird", isHere: Tool.isProgram(hummingbird)) {
                [hummingbird, "\($0.port)", $0.body]
            },
        ]
    }

    /// Small bodies from its configuration, large ones from the file, which it keeps open.
    private static var nginx: Peer {
        let program = Tool.path("nginx")
        return Peer(name: "nginx", isHere: program != nil) { task in
            let body = ProcFile(task.body).text
            let answer = body.utf8.count < 1000 ? "return 200 '\(body)';" : "alias \(task.body);"
            let configuration = """
                daemon off;
                master_process off;
                pid \(task.folder)/nginx-\(task.port).pid;
                error_log stderr error;
                events { worker_connections 1024; }
                http {
                    access_log off;
                    keepalive_requests 1000000000;
                    sendfile on;
                    tcp_nopush on;
                    open_file_cache max=10;
                    client_body_temp_path \(task.folder)/nginx-body;
                    proxy_temp_path \(task.folder)/nginx-proxy;
                    fastcgi_temp_path \(task.folder)/nginx-fastcgi;
                    uwsgi_temp_path \(task.folder)/nginx-uwsgi;
                    scgi_temp_path \(task.folder)/nginx-scgi;
                    server {
                        listen 127.0.0.1:\(task.port) backlog=1024;
                        default_type application/json;
                        add_header Cache-Control no-store;
                        location = \(task.path) { \(answer) }
                    }
                }
                """
            let file = "\(task.folder)/nginx-\(task.port).conf"
            try TextFile.write(configuration, to: file)
            return [program ?? "nginx", "-c", file, "-p", task.folder, "-e", "stderr"]
        }
    }
}
