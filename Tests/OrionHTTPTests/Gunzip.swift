import COrionZlib

/// What zlib makes of gzipped bytes; nil where they are not whole.
func gunzip(_ bytes: [UInt8]) -> [UInt8]? {
    var stream = z_stream()
    var input = bytes
    return withUnsafeMutablePointer(to: &stream) { stream -> [UInt8]? in
        guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return nil
        }
        defer { inflateEnd(stream) }
        return input.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(input.count)
            var result: [UInt8] = []
            var room = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let (status, count) = room.withUnsafeMutableBufferPointer { room in
                    stream.pointee.next_out = room.baseAddress
                    stream.pointee.avail_out = UInt32(room.count)
                    let status = inflate(stream, Z_NO_FLUSH)
                    return (status, room.count - Int(stream.pointee.avail_out))
                }
                result += room[..<count]
                if status == Z_STREAM_END { return stream.pointee.avail_in == 0 ? result : nil }
                guard status == Z_OK, count > 0 || stream.pointee.avail_in > 0 else { return nil }
            }
        }
    }
}
