import Foundation
import OrionCore
import Testing

/// The golden files: frames as other programs send and expect them.
enum GoldenFiles {
    static func bytes(_ name: String) throws -> [UInt8] {
        let url = try #require(Bundle.module.url(forResource: "Golden/\(name)", withExtension: "json"))
        return Array(try Data(contentsOf: url))
    }

    static func value(_ name: String) throws -> JSONValue { try OrionJSON.parse(bytes(name)) }
}
