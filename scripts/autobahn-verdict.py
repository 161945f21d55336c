#!/usr/bin/env python3
"""What the Autobahn test suite found: fails unless all of so many cases are OK or informational."""

import json
import pathlib
import sys

GOOD = {"OK", "INFORMATIONAL"}


def main(index, expected):
    problems, count = [], 0
    for agent, cases in json.loads(pathlib.Path(index).read_text()).items():
        for case, result in sorted(cases.items(), key=lambda item: [int(part) for part in item[0].split(".")]):
            count += 1
            found = {result["behavior"], result["behaviorClose"]}
            if not found <= GOOD:
                problems.append(f"{agent} {case}: {', '.join(sorted(found - GOOD))}: {index.parent / result['reportfile']}")
    if count != expected or count == 0:
        problems.append(f"{count} cases were run; {expected} should have been")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), int(sys.argv[2])))
