import ArgumentParser

/// How output looks.
struct DisplayOptions: ParsableArguments {
    @Flag(name: .customLong("no-color"), help: "Use no colours (also: NO_COLOR; never on a pipe).")
    var isPlain = false
}
