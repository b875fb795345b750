"""Counts lines of code without blank lines, comments and docstrings: `python -m tests.architecture.lines_of_code`.

With `--gate`, it fails if there are more than the figure in `.ci/most_lines_of_code`. A commit that raises the figure
gives the reason.
"""

import ast
import io
import sys
import tokenize
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("workbench", "screens", "db")
_NO_CODE = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)


def code_lines(source: str) -> int:
    """Return the number of lines of a source that hold code."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _NO_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        # A string expression is a docstring of a module, a class, a function or a constant.
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)


def counted(root: Path = ROOT) -> dict[str, int]:
    """Return the lines of code of each package."""
    return {
        package: sum(code_lines(path.read_text(encoding="utf-8")) for path in sorted((root / package).rglob("*.py")))
        for package in PACKAGES
    }


if __name__ == "__main__":
    found = counted()
    for name, count in found.items():
        sys.stdout.write(f"{name:12}{count:8,}\n")
    together = sum(found.values())
    sys.stdout.write(f"{'together':12}{together:8,}\n")
    most = int((ROOT / ".ci" / "most_lines_of_code").read_text(encoding="ascii"))
    if "--gate" in sys.argv and together > most:
        sys.exit(f"{together - most:,} lines of code too many; remove some, or raise the figure and give the reason.")
