// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours is compiled alike: Swift 6 mode, warnings are errors, the upcoming features that make imports and existentials explicit.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
]

let nio = "swift-nio"
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let nioCore = Target.Dependency.product(name: "NIOCore", package: nio)
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: nio)
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: nio)
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: nio)
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: nio)
let hashTree = Target.Dependency.product(name: "HashTreeCollections", package: "swift-collections")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let asyncHTTP = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

/// A library target, from the bottom of the graph in Docs/architecture.md upwards.
func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func program(_ name: String, path: String? = nil, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

let libraries = [
    "OrionCore", "OrionYAML", "OrionScheduler", "OrionStore", "OrionHTTP", "OrionWS", "OrionControlPlane",
    "OrionServer", "OrionAgentKit", "OrionClient", "OrionTesting", "OrionLogging", "OrionTLS", "OrionDevCertificates",
]

let package = Package(
    name: "orion",
    products: libraries.map { .library(name: $0, targets: [$0]) } + [
        .executable(name: "orion-api", targets: ["orion-api"]),
        .executable(name: "orion-agent", targets: ["orion-agent"]),
        .executable(name: "orion", targets: ["orion"]),
        .executable(name: "orion-simulate", targets: ["orion-simulate"]),
        .executable(name: "hello", targets: ["hello"]),
        .executable(name: "ws-echo", targets: ["ws-echo"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Its JSON parser keeps the span that it reads.
        .target(name: "OrionCore", swiftSettings: settings + [.enableExperimentalFeature("Lifetimes")]),
        library("OrionYAML", ["OrionCore", yams]),
        library("OrionLogging", [log]),
        // Of the programs alone: no product.
        library("OrionSettings", ["OrionTLS"]),
        library("OrionTLS", [nioCore, nioPosix, nioTLS, nioSSL]),
        library("OrionDevCertificates", [x509, asn1, crypto]),
        library("OrionScheduler", ["OrionCore", hashTree]),
        library("OrionStore", ["OrionCore", grdb, sqlite]),
        .systemLibrary(name: "COrionZlib", providers: [.apt(["zlib1g-dev"])]),
        library(
            "OrionHTTP", ["OrionTLS", "COrionZlib", nioCore, nioPosix, nioHTTP1, nioTLS, httpTypes, log, lifecycle]),
        library("OrionWS", ["OrionTLS", "COrionZlib", nioCore, nioPosix]),
        library("OrionControlPlane", ["OrionCore", "OrionScheduler", "OrionStore", deque, log, lifecycle]),
        library(
            "OrionServer",
            [
                "OrionCore", "OrionScheduler", "OrionControlPlane", "OrionHTTP", "OrionWS", "OrionTLS", "OrionYAML",
                nioCore, nioPosix, httpTypes, log, lifecycle,
            ]),
        .target(name: "COrionSpawn"),
        library(
            "OrionAgentKit",
            ["OrionCore", "OrionWS", "OrionTLS", "COrionSpawn", nioCore, nioPosix, nioHTTP1, system, log, lifecycle]),
        library("OrionClient", ["OrionCore", "OrionTLS", nioCore, nioPosix, nioHTTP1, asyncHTTP]),
        library(
            "OrionTesting",
            ["OrionCore", "OrionScheduler", "OrionStore", "OrionWS", "OrionControlPlane", "OrionAgentKit", nioCore]),
        program(
            "orion-api",
            [
                "OrionCore", "OrionLogging", "OrionSettings", "OrionHTTP", "OrionServer", "OrionScheduler",
                "OrionControlPlane", "OrionStore", "OrionTLS", "OrionDevCertificates", arguments, log, lifecycle,
                signals, nioCore,
            ]),
        program(
            "orion-agent", ["OrionAgentKit", "OrionLogging", "OrionSettings", arguments, log, lifecycle, signals]),
        program("orion", ["OrionCore", "OrionYAML", "OrionClient", "OrionSettings", arguments, yams]),
        program("orion-simulate", ["OrionTesting", arguments]),
        program("hello", path: "Examples/hello", [nioCore, nioPosix, nioHTTP1]),
        program(
            "ws-echo", path: "Examples/ws-echo",
            ["OrionHTTP", "OrionWS", arguments, httpTypes, log, lifecycle, signals, nioCore, nioPosix]),
        program("orion-store-writer", path: "Tests/Support/store-writer", ["OrionCore", "OrionStore"]),
        .target(
            name: "JSONInputs", dependencies: ["OrionCore"], path: "Tests/Support/json-inputs", swiftSettings: settings),
        program("orion-compare-json", path: "Tests/Support/compare-json", ["JSONInputs"]),
        tests("OrionCoreTests", ["OrionCore", "JSONInputs"], resources: [.copy("Golden")]),
        tests("OrionYAMLTests", ["OrionCore", "OrionYAML"]),
        tests("OrionLoggingTests", ["OrionLogging", log]),
        tests("OrionSchedulerTests", ["OrionScheduler", "OrionTesting"]),
        tests("OrionStoreTests", ["OrionStore", "OrionTesting", "orion-store-writer", grdb]),
        .target(name: "TestNoise", path: "Tests/Support/noise", swiftSettings: settings),
        tests(
            "OrionHTTPTests",
            [
                "OrionHTTP", "OrionWS", "COrionZlib", "TestNoise", nioCore, nioPosix, nioEmbedded, nioHTTP1, httpTypes,
                log, lifecycle,
            ]),
        tests(
            "OrionTLSTests",
            [
                "OrionCore", "OrionTLS", "OrionDevCertificates", "OrionHTTP", "OrionWS", "OrionClient", nioCore,
                nioPosix, nioTLS, nioSSL, nioEmbedded, httpTypes, log, lifecycle,
            ]),
        tests("OrionWSTests", ["OrionWS", "TestNoise", nioCore, nioPosix, nioEmbedded]),
        // Its checks are links to those of Fuzzing/, which is a package of its own.
        tests("FuzzingTests", ["OrionCore", "OrionHTTP", "OrionWS", nioCore, nioEmbedded, httpTypes]),
        tests("OrionControlPlaneTests", ["OrionControlPlane", "OrionTesting", log, lifecycle]),
        tests(
            "OrionServerTests",
            [
                "OrionCore", "OrionScheduler", "OrionStore", "OrionControlPlane", "OrionServer", "OrionWS",
                "OrionTesting", nioCore, nioPosix, nioHTTP1, asyncHTTP, httpTypes, log, lifecycle,
            ]),
        tests(
            "OrionAgentKitTests",
            [
                "OrionAgentKit", "OrionCore", "OrionWS", "OrionHTTP", "COrionSpawn", "OrionServer", "OrionTesting",
                nioCore, nioPosix, httpTypes, log, lifecycle,
            ]),
        tests("OrionClientTests", ["OrionClient", "OrionCore", "orion", nioCore, nioPosix, nioHTTP1, arguments]),
        tests(
            "ProgramTests",
            [
                "OrionCore", "OrionClient", "OrionWS", "OrionTLS", "orion", "orion-api", "orion-agent", "hello",
                nioCore, nioPosix, nioHTTP1, asyncHTTP,
            ]),
    ]
)
