// swift-tools-version: 6.2
import PackageDescription

// A package of its own, since every target here is built for libFuzzer. `scripts/fuzz` builds and runs them.
func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies,
        swiftSettings: [
            .swiftLanguageMode(.v6), .treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("MemberImportVisibility"), .unsafeFlags(["-parse-as-library"]),
        ])
}

func orion(_ name: String) -> Target.Dependency { .product(name: name, package: "orion") }
func nio(_ name: String) -> Target.Dependency { .product(name: name, package: "swift-nio") }

let package = Package(
    name: "orion-fuzzing",
    dependencies: [
        .package(name: "orion", path: ".."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    ],
    targets: [
        fuzzer("fuzz-json", [orion("OrionCore")]),
        fuzzer("fuzz-frames", [orion("OrionWS"), nio("NIOCore")]),
        fuzzer(
            "fuzz-http",
            [
                orion("OrionHTTP"), nio("NIOCore"), nio("NIOEmbedded"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]),
    ]
)
