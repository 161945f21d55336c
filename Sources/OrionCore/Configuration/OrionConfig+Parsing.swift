extension OrionConfig {
    /// Parses a configuration. What is no JSON throws `.malformed`; what a configuration may not say throws `.invalid`
    /// with every issue at once, each with its path.
    public static func parse(json: [UInt8]) throws(OrionError) -> ParsedConfiguration {
        try parse(OrionJSON.parse(json))
    }

    /// Takes a document that was parsed before, from JSON or YAML. Throws `.invalid` as `parse(json:)` does.
    ///
    /// `texts` has the scalars as they are written, by their paths: advice repeats them. A form that has one text alone
    /// for a whole number and a truth value, as JSON, needs none.
    public static func parse(
        _ document: JSONValue, texts: [[PathComponent]: String]? = nil
    ) throws(OrionError) -> ParsedConfiguration {
        let reader = JSONReader(.strict, texts: texts)
        let config = OrionConfig.read(document, by: reader)
        try reader.finish("configuration")
        guard let config else { throw OrionError(.invalid, "invalid configuration: it could not be read") }
        return ParsedConfiguration(config: config, warnings: reader.warnings)
    }
}
