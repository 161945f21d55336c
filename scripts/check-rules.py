#!/usr/bin/env python3
"""Rules of the house that the formatter does not know (CONTRIBUTING.md has the reasons), and what the pages link to and show."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = {"orion", "orion-api", "orion-agent", "orion-simulate"}
# They wait for time to pass, which is their work; what they wrap does not.
SHELLS = {"OrionAgentKit", "OrionControlPlane"}
LONGEST_FILE = 400
BANNED_NAMES = re.compile(r"(Utils?|Helpers?|Manager|Common|Misc)\.swift$")

# (what, pattern, the folders under Sources where it is at home, what to do instead)
RULES = [
    ("try!", re.compile(r"\btry!"), set(), "throw, or say why it cannot fail and use preconditionFailure"),
    ("as!", re.compile(r"\bas! "), set(), "use as? and say what is wrong"),
    ("an unstructured Task", re.compile(r"\bTask(\.detached)?\s*(\([^)]*\)\s*)?\{"), set(), "use a task group of a Service"),
    ("Date()", re.compile(r"\bDate\(\)|\bDate\.now\b"), set(), "take `now` as an argument"),
    ("Task.sleep", re.compile(r"\bTask\.sleep\b"), PROGRAMS | SHELLS, "take `now`, or wait for the condition"),
    ("print", re.compile(r"(?<![\w.])print\("), PROGRAMS, "log, or return it"),
    ("TODO", re.compile(r"\b(TODO|FIXME|XXX)\b"), set(), "write an issue"),
]
NEEDS_PROOF = re.compile(r"@unchecked Sendable|nonisolated\(unsafe\)|\bunsafeBitCast\b")


def code(line):
    """A line without its comment and its string literals."""
    return re.sub(r'"(\\.|[^"\\])*"', '""', line).split("//", 1)[0]


def check(source):
    where = source.relative_to(ROOT)
    target = where.parts[1]
    lines = source.read_text().splitlines()
    if len(lines) > LONGEST_FILE:
        yield f"{where}: {len(lines)} lines: a file over {LONGEST_FILE} has two jobs"
    if BANNED_NAMES.search(source.name):
        yield f"{where}: name the file after the one type in it"
    in_text = False
    for number, line in enumerate(lines, 1):
        if line.count('"""') % 2:
            in_text = not in_text
        if in_text:
            continue
        for what, pattern, home, instead in RULES:
            if target not in home and pattern.search(code(line)):
                yield f"{where}:{number}: {what}: {instead}"
        if NEEDS_PROOF.search(code(line)) and "//" not in line and "//" not in lines[max(0, number - 2)]:
            yield f"{where}:{number}: needs a comment, on it or above it, that says why it is safe"


def broken_links(page):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        if not (page.parent / target).exists():
            yield f"{page.relative_to(ROOT)}: links to {target}, which is not there"


def stale_programs(page):
    """A page that shows a whole program shows a file that is built, word for word."""
    for block in re.findall(r"```swift\n(.*?)```", page.read_text(), re.S):
        files = (ROOT / "Examples").rglob("*.swift")
        if "@main" in block and not any(block.strip() in file.read_text() for file in files):
            yield f"{page.relative_to(ROOT)}: shows a program that is none of Examples/: copy it again"


def main():
    sources = sorted((ROOT / "Sources").rglob("*.swift"))
    pages = sorted(ROOT.glob("*.md")) + sorted((ROOT / "Docs").rglob("*.md"))
    problems = [problem for source in sources for problem in check(source)]
    problems += [problem for page in pages for problem in [*broken_links(page), *stale_programs(page)]]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
