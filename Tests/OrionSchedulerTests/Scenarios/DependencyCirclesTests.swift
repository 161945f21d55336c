import OrionCore
import Testing

@testable import OrionScheduler

@Suite struct DependencyCirclesTests {
    @Test(arguments: 0..<200 as Range<UInt64>)
    func saysWhoReachesWhom(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let names = (0..<8).map { ServiceName(rawValue: "s\($0)") }
        var edges: [ServiceName: [ServiceName]] = [:]
        for name in names {
            edges[name] = names.filter { _ in random.chance(18) }
        }
        func reaches(_ start: ServiceName, _ target: ServiceName) -> Bool {
            var seen: Set<ServiceName> = [start]
            var pending = [start]
            while let name = pending.popLast() {
                for next in edges[name] ?? [] where seen.insert(next).inserted { pending.append(next) }
            }
            return seen.contains(target)
        }
        let circles = DependencyCircles(from: names) { edges[$0] ?? [] }
        for one in names {
            for other in names {
                #expect(circles.join(one, other) == (reaches(one, other) && reaches(other, one)), "seed \(seed)")
            }
        }
    }

    /// One walk for each dependency would visit a hundred million.
    @Test func aLongChainIsWalkedOnce() throws {
        var cluster = ModelCluster()
        let chain = (0..<10_000).map { number in
            service(ServiceName(rawValue: "s\(number)")) {
                $0.dependencies = number == 0 ? [] : [ServiceName(rawValue: "s\(number - 1)")]
            }
        }
        var config = OrionConfig()
        config.metadata.name = "chain"
        config.spec.services = chain
        _ = try cluster.request(.apply(Request.Apply(config: config))).result
        config.metadata.name = "others"
        config.spec.services = (0..<2_000).map { number in
            service(ServiceName(rawValue: "t\(number)")) { $0.dependencies = ["s9999"] }
        }
        #expect(try cluster.request(.apply(Request.Apply(config: config))).result.changes.count == 2_000)
        config.metadata.name = "chain"
        config.spec.services = [service("s0") { $0.dependencies = ["s9999"] }]
        let error = try cluster.request(.apply(Request.Apply(config: config))).error
        #expect(error.message == "s9999 depends on s0 in turn: neither could ever start first")
    }
}
