/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        try FramesCheck.run(Array(UnsafeBufferPointer(start: start, count: count)))
    } catch {
        fatalError(error.what)
    }
    return 0
}
