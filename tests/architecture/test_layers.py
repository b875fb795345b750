"""The layers hold from outside, too: at run time, and in the shape of the files."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("workbench", "screens", "db")
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "versions" not in path.parts]


def loaded_by(*modules: str) -> set[str]:
    """Return the top modules that a fresh interpreter holds after importing some modules."""
    code = f"import sys, {', '.join(modules)}; print(' '.join(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


def test_the_screens_load_no_database_before_their_first_frame() -> None:
    heavy = {"sqlmodel", "sqlalchemy", "pydantic", "duckdb", "jinja2", "alembic", "holidays"}
    assert loaded_by("screens.app").isdisjoint(heavy)


def test_the_rules_load_no_framework() -> None:
    frameworks = {"sqlmodel", "sqlalchemy", "pydantic", "textual", "typer", "rich"}
    modules = ("workbench.domain.findings.policy_checks", "workbench.domain.findings.evaluate")
    assert loaded_by(*modules).isdisjoint(frameworks)


def test_no_file_is_a_collection_of_helpers() -> None:
    assert [path for path in sources() if path.stem in FORBIDDEN_NAMES] == []


def test_no_file_has_more_than_300_lines() -> None:
    assert [path for path in sources() if len(path.read_text(encoding="utf-8").splitlines()) > 300] == []


# Only the entry point catches every error, because a traceback would print stored values.
# Documents of applicants are decoded in a separate process, where libraries raise any error on a damaged file.
LAST_DEFENCES = {
    "workbench/cli/framework/failures.py",
    "workbench/services/foundation/workers.py",
    "workbench/services/demo/preparing.py",
    "screens/documents/page_renderer.py",
}


def catches_everything(handler: ast.ExceptHandler) -> bool:
    """Say whether a handler takes any error and does not pass it on."""
    is_wide = handler.type is None or (
        isinstance(handler.type, ast.Name) and handler.type.id in {"Exception", "BaseException"}
    )
    passes_on = isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None
    return is_wide and not passes_on


def test_every_handler_of_errors_names_its_error_or_passes_it_on() -> None:
    careless = {
        str(path.relative_to(ROOT))
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler) and catches_everything(node)
    }

    assert careless == LAST_DEFENCES


def test_the_top_level_is_what_was_agreed() -> None:
    done = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True, cwd=ROOT)
    listed = done.stdout.split("\n")
    top = {name.split("/")[0] for name in listed if name}
    agreed = {*PACKAGES, "pyproject.toml", "fixtures", "tests", "README.md", "README.zh.md", "LICENSE", "CHANGELOG.md"}

    assert {name for name in top if not name.startswith(".")} <= agreed
