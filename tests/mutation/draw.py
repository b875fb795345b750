"""Draw mutants by a fixed seed: `python -m tests.mutation.draw > tests/mutation/mutants.json`.

Each mutant flips one comparison, boolean operator, constant or return value of one line. The number per layer is fixed,
so that no layer escapes. `tests.mutation.run` applies them.
"""

import ast
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

_SEED = 20261126
_PER_LAYER = {"screens": 16, "workbench/cli": 8, "workbench/services": 18, "workbench/domain": 13, "db": 5}
# Migrations are frozen, and the demo only creates sample data.
_LEFT_OUT = ("db/migrations/", "workbench/services/demo/")

_COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: in the line of `file` that reads `text`, `before` becomes `after`, after `nth` others like it.

    The mutant is found by the text of its line, so that other lines may change.
    """

    file: str
    text: str
    nth: int
    before: str
    after: str


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of a file."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    for node in _inside(ast.parse(source)):
        found = _mutation(node, source)
        if found is None:
            continue
        line, byte_column, before, after = found
        column = len(lines[line - 1].encode()[:byte_column].decode())
        # A mutation stays within one line.
        if lines[line - 1][column:].startswith(before):
            text = lines[line - 1]
            yield Mutant(path.as_posix(), text.strip(), text[:column].count(before), before, after)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """Walk the tree without decorators: `frozen=False` changes nothing that a test could see."""
    yield node
    left_out = getattr(node, "decorator_list", [])
    for child in ast.iter_child_nodes(node):
        if child not in left_out:
            yield from _inside(child)


def _mutation(node: ast.AST, source: str) -> tuple[int, int, str, str] | None:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARISONS:
        return _between(node.left, node.comparators[0], _COMPARISONS[type(node.ops[0])], source)
    if isinstance(node, ast.BoolOp):
        words = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        return _between(node.values[0], node.values[1], words, source)
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        text = ast.get_source_segment(source, node) or ""
        value = not node.value if isinstance(node.value, bool) else node.value + 1
        return node.lineno, node.col_offset, text, str(value)
    if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        text = ast.get_source_segment(source, node) or ""
        return None if "\n" in text else (node.lineno, node.col_offset, text, "return None")
    return None


def _between(left: ast.expr, right: ast.expr, words: tuple[str, str], source: str) -> tuple[int, int, str, str] | None:
    if left.end_lineno != right.lineno:
        return None
    line = source.splitlines()[right.lineno - 1].encode()
    gap = line[left.end_col_offset : right.col_offset].decode()
    at = gap.find(words[0])
    return None if at < 0 else (right.lineno, (left.end_col_offset or 0) + at, *words)


def draw_mutants(root: Path) -> list[Mutant]:
    """Draw the mutants of every layer."""
    rng = random.Random(_SEED)
    result: list[Mutant] = []
    for layer, count in _PER_LAYER.items():
        files = sorted(path for path in (root / layer).rglob("*.py") if not path.as_posix().startswith(_LEFT_OUT))
        result += rng.sample([mutant for path in files for mutant in mutants_of(path)], count)
    return result


if __name__ == "__main__":
    sys.stdout.write(
        json.dumps([asdict(mutant) for mutant in draw_mutants(Path())], indent=1, ensure_ascii=False) + "\n"
    )
