#!/usr/bin/env python3
"""Who imports whom: the table in Docs/architecture.md is the law, and every import must be declared in Package.swift."""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SYSTEM = {
    "Swift", "Foundation", "FoundationEssentials", "Dispatch", "Synchronization", "Glibc", "Musl", "Darwin", "Testing",
    "Builtin",
}
# One product of a package can hold several modules, or one with another name.
MODULES = {
    "SystemPackage": {"SystemPackage"}, "Logging": {"Logging"}, "Collections": {"Collections", "DequeModule"},
}
IMPORT = re.compile(
    r"^(?:@\w+(?:\(\w+\))?\s+)*(?:public |package |internal |fileprivate |private )?"
    r"import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)", re.M)
# Full Foundation costs an agent more memory than the agent itself needs; these hold it already, through a package.
FOUNDATION = {"OrionStore", "OrionYAML", "OrionClient", "orion"}


def allowed_imports():
    """The rows `| target | what it may import |` of the table under the heading that names this script."""
    text = (ROOT / "Docs/architecture.md").read_text()
    section = text.split("## Who may import whom", 1)[1].split("\n## ", 1)[0]
    table = {}
    for target, imports in re.findall(r"^\| `([\w-]+)` \| (.*?) \|", section, re.M):
        table[target] = set(re.findall(r"`(\w+)`", imports))
    return table


def names_of(target):
    """The targets of ours that a target depends on."""
    return {value[0] for dependency in target["dependencies"] for kind, value in dependency.items() if kind != "product"}


def modules_of(target):
    """The modules of other packages that a target depends on."""
    products = [value[0] for dependency in target["dependencies"] for kind, value in dependency.items() if kind == "product"]
    return {module for product in products for module in MODULES.get(product, {product})}


def reachable(name, targets):
    """The targets of ours that a target depends on, directly or not."""
    reached, waiting = set(), [name]
    while waiting:
        for dependency in names_of(targets[waiting.pop()]) - reached:
            reached.add(dependency)
            waiting.append(dependency)
    return reached


def main():
    package = json.loads(subprocess.run(
        ["swift", "package", "dump-package"], cwd=ROOT, check=True, capture_output=True).stdout)
    targets = {target["name"]: target for target in package["targets"]}
    modules = {name.replace("-", "_"): name for name in targets}
    table = allowed_imports()
    problems = []

    for name, target in targets.items():
        folder = ROOT / (target.get("path") or f"{'Tests' if target['type'] == 'test' else 'Sources'}/{name}")
        declared, products = names_of(target), modules_of(target)
        is_test = target["type"] == "test" or str(target.get("path", "")).startswith("Tests/")
        if not is_test and name not in table:
            problems.append(f"Package.swift: the target {name} has no row in Docs/architecture.md")
        if is_test:
            # What a test can reach, it may look at.
            law = reachable(name, targets)
            declared = law
            products = {module for reached in law | {name} for module in modules_of(targets[reached])}
        else:
            law = table.get(name, set())
        for extra in sorted(declared - law):
            problems.append(f"Package.swift: {name} depends on {extra}, which Docs/architecture.md does not allow")
        used = set()
        for source in sorted(folder.rglob("*.swift")):
            for module in IMPORT.findall(source.read_text()):
                where = source.relative_to(ROOT)
                used.add(module)
                if module in modules:
                    imported = modules[module]
                    if imported == name:
                        problems.append(f"{where}: imports itself")
                    elif imported not in law:
                        problems.append(f"{where}: imports {imported}, which Docs/architecture.md does not allow {name}")
                    elif imported not in declared:
                        problems.append(f"{where}: imports {imported}, which Package.swift does not declare for {name}")
                elif module == "Foundation" and not is_test and name not in FOUNDATION:
                    problems.append(f"{where}: imports all of Foundation: FoundationEssentials has its coders and Data")
                elif module not in SYSTEM and module not in products:
                    problems.append(f"{where}: imports {module}, which Package.swift does not declare for {name}")
        for unused in sorted((declared | products) - used):
            if not is_test and unused.replace("-", "_") not in used:
                problems.append(f"Package.swift: {name} depends on {unused} and imports it nowhere")

    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
