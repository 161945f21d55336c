import Testing

@testable import OrionCore

@Suite struct CronExpressionTests {
    @Test(arguments: [
        "* * * * *", "*/5 * * * *", "0 0 * * *", "59 23 31 12 7", "0,15,30,45 8-18 * * MON-FRI", "0 0 1 jan,JUL *",
        "0-30/10 * * * *",
        "5/15 * * * *", "  0\t0 * * sun ", "0 0 31 2 MON", "0 0 29 2 *", "0 0 30-31 2,4 *", "*,1 * * * *",
        "0 0 */31 * *",
    ])
    func takes(_ text: String) { #expect(CronExpression.fault(in: text) == nil) }

    @Test(arguments: [
        ("", "five fields"), ("* * * *", "not 4"), ("* * * * * *", "none for seconds"), ("@daily", "0 0 * * *"),
        ("60 * * * *", "minute"),
        ("* 24 * * *", "from 0 to 23"), ("* * 0 * *", "day of the month"), ("* * 32 * *", "from 1 to 31"),
        ("* * * 13 *", "month"),
        ("* * * 0 *", "names from JAN to DEC"), ("* * * * 8", "weekday"), ("* * * FOO *", "month"),
        ("*/0 * * * *", "a step"),
        ("*/60 * * * *", "from 1 to 59"), ("* */x * * *", "a step"), ("1-2-3 * * * *", "minute"),
        ("10-5 * * * *", "ends before it begins"),
        ("1,,2 * * * *", "minute"), ("-1 * * * *", "minute"), ("+1 * * * *", "minute"), ("1/2/3 * * * *", "two steps"),
        ("? * * * *", "write *"),
        ("0 0 30 2 *", "no month has"), ("0 0 31 4,6,9,11 *", "no month has"), ("1.5 * * * *", "minute"),
        ("* * L * *", "day of the month"),
    ])
    func refuses(_ text: String, _ message: String) {
        #expect(
            CronExpression.fault(in: text)?.contains(message) == true, "\(CronExpression.fault(in: text) ?? "taken")")
    }
}
