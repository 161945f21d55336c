import OrionCore

/// Configurations as tests write them.
enum ConfigurationText {
    /// A document whose one service has these members besides its name.
    static func service(_ members: String) -> [UInt8] {
        services(#"{"name":"web"\#(members.isEmpty ? "" : ",")\#(members)}"#)
    }

    /// A document with these services.
    static func services(_ services: String...) -> [UInt8] {
        Array(
            #"{"apiVersion":"orion/v1","kind":"Config","spec":{"services":[\#(services.joined(separator: ","))]}}"#.utf8
        )
    }

    /// What is wrong with a document, as `path: message`.
    static func issues(_ json: [UInt8]) -> [String] {
        do {
            _ = try OrionConfig.parse(json: json)
            return []
        } catch {
            return error.issues.map { "\($0.pathText): \($0.message)" }
        }
    }
}
