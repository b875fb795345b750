"""Put each mutant into the code and see whether a test fails: `python -m tests.mutation.run RESULT.json`.

Per mutant, the tests that import the mutated module run with `-x`: the nearest files by import distance first. Ordinary
tests run before the proofs. A mutant that makes the tests hang until the timeout counts as caught. Run it in a checkout
of its own: files are changed and restored.
"""

import ast
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_FILES = 12
_TIMEOUT_S = 900
_NOTHING_RAN = 5


def imports_of(path: Path, modules: dict[str, Path]) -> Iterator[str]:
    """Yield the modules of this repository that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (name for name in names if name in modules)


def nearest_tests(file: str) -> list[str]:
    """Return the test files that import a file, nearest first; else those of the nearest room that has some."""
    paths = [path for top in ("db", "workbench", "screens", "tests") for path in sorted(Path(top).rglob("*.py"))]
    modules = {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path for path in paths}
    names = {path: name for name, path in modules.items()}
    importers: dict[str, set[str]] = {}
    for name, path in modules.items():
        for imported in imports_of(path, modules):
            importers.setdefault(imported, set()).add(name)
    reached: dict[str, None] = {}
    ring = [names[Path(file)]]
    while ring:
        ring = sorted({name for one in ring for name in importers.get(one, ()) if name not in reached})
        reached.update(dict.fromkeys(ring))
    nearest = [str(modules[name]) for name in reached if modules[name].name.startswith("test_")][:_FILES]
    # What is only loaded when it is called has its tests in the folder of the same name.
    room = Path("tests", *Path(file).parent.parts[file.startswith("workbench/") :])
    while not any(room.rglob("test_*.py")):
        room = room.parent
    return nearest or sorted(map(str, room.rglob("test_*.py")))


def caught_by(files: list[str], marker: str) -> str:
    """Run the tests of some files with a marker; return the report line of the failed or hanging test, else nothing."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-m", marker, *files]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        return "timeout"
    if done.returncode in {0, _NOTHING_RAN}:
        return ""
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0] if failed else f"pytest ended with {done.returncode}"


def mutated(source: str, mutant: dict[str, Any]) -> str | None:
    """Return a source with the mutant in it, None if its line is gone."""
    lines = source.splitlines(keepends=True)
    for at, line in enumerate(lines):
        if line.strip() == mutant["text"]:
            parts = line.split(mutant["before"])
            left, right = parts[: mutant["nth"] + 1], parts[mutant["nth"] + 1 :]
            lines[at] = mutant["before"].join(left) + mutant["after"] + mutant["before"].join(right)
            return "".join(lines)
    return None


def main(target: str) -> None:
    """Try all mutants and write which were caught; a mutant whose line is gone has None."""
    results = []
    for mutant in json.loads((Path(__file__).parent / "mutants.json").read_text(encoding="utf-8")):
        path = Path(mutant["file"])
        original = path.read_text(encoding="utf-8") if path.exists() else ""
        changed = mutated(original, mutant)
        begun = time.monotonic()
        caught = None
        if changed is not None:
            files = nearest_tests(mutant["file"])
            try:
                path.write_text(changed, encoding="utf-8")
                caught = (caught_by(files, "not proof") or caught_by(files, "proof")) if files else ""
            finally:
                path.write_text(original, encoding="utf-8")
        results.append({**mutant, "caught": caught, "seconds": round(time.monotonic() - begun)})
        Path(target).write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")
    sys.stdout.write(f"{sum(bool(one['caught']) for one in results)} of {len(results)} caught\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
