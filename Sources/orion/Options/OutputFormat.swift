import ArgumentParser

/// How records are written.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    /// The columns that fit a terminal.
    case table
    /// A table with every column.
    case wide
    /// What the server answered, as JSON.
    case json
    /// What the server answered, as YAML.
    case yaml
}
