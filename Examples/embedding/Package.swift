// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "embedding",
    dependencies: [
        .package(name: "orion", path: "../.."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .executableTarget(
            name: "embedding",
            dependencies: [
                .product(name: "OrionControlPlane", package: "orion"), .product(name: "OrionCore", package: "orion"),
                .product(name: "OrionStore", package: "orion"), .product(name: "OrionTesting", package: "orion"),
                .product(name: "Logging", package: "swift-log"),
            ])
    ]
)
