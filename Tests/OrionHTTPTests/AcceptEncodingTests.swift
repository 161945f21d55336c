import Testing

@testable import OrionHTTP

@Suite struct AcceptEncodingTests {
    @Test(arguments: [
        ["gzip"], ["x-gzip"], ["GZip"], ["deflate, gzip, br"], ["deflate", "gzip"], ["*"], ["gzip;q=0.5"],
        ["gzip ; Q=0.001"], ["gzip;q=1.000"], ["gzip;q=1."], ["identity;q=0.5, gzip;q=0.5"], ["identity;q=0, *;q=0.1"],
        ["br;q=1, \t gzip;q=0.2"], ["*;q=0, gzip"], ["gzip,,"], ["identity;q=0.5, *"],
    ])
    func takesGzip(_ fields: [String]) {
        #expect(AcceptEncoding(fields).prefersGzip)
    }

    @Test(arguments: [
        [], [""], ["br"], ["identity"], ["gzip;q=0"], ["gzip;q=0.000"], ["*;q=0"], ["gzip;q=0, *"], ["*, gzip;q=0"],
        ["identity, gzip;q=0.9"], ["identity;q=0.6, *;q=0.5"], ["gzip;q=2"], ["gzip;q=1.5"], ["gzip;q=0.1234"],
        ["gzip;q="], ["gzip;q=x"], ["gzip;q=-1"], ["gzip;level=1"], ["gzip;q=1;q=0"], ["gzipped"], ["gzip deflate"],
        ["\"gzip\""],
    ])
    func takesNone(_ fields: [String]) {
        #expect(!AcceptEncoding(fields).prefersGzip)
    }

    @Test func fieldsThatNoBrowserSendsAreNotRead() {
        #expect(!AcceptEncoding([String(repeating: "a,", count: 512) + "gzip"]).prefersGzip)
        #expect(AcceptEncoding([String(repeating: "a,", count: 510) + "gzip"]).prefersGzip)
    }
}
