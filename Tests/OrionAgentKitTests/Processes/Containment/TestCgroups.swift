import Testing

@testable import OrionAgentKit

/// Whether this machine lets tests have cgroups.
enum TestCgroups {
    /// Why there are none; nil where there are.
    static let refusal: String? = {
        do throws(CgroupRoot.Unavailable) {
            _ = try CgroupRoot.find(mark: AgentMark(dataDirectory: "/"))
            return nil
        } catch {
            return error.reason
        }
    }()

    /// Said of each test that is skipped.
    static let comment = Comment(rawValue: "no cgroups here: \(refusal ?? "")")
}
