extension ServiceSpecification {
    /// Refuses what the fields of a configuration, each well formed, mean together.
    func validate(by reader: JSONReader) {}
}
