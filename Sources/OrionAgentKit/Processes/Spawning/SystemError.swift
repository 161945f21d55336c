import SystemPackage

/// An errno in the words of the system, in lower case so that it can end a sentence: "no such file or directory".
func describe(errno number: Int32) -> String {
    let text = Errno(rawValue: number).description
    return text.prefix(1).lowercased() + text.dropFirst()
}
