"""Only the table of permissions looks at the roles of a person."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = "workbench/domain/case/lifecycle.py"


def test_no_other_module_compares_the_roles_of_a_person() -> None:
    asks = re.compile(r"\bactor\.has\(|\bhas\((R|Role)\.|\.roles\b.*\bRole\.|\bRole\.\w+ in [\w.]*roles\b")
    modules = (path for top in ("workbench", "screens") for path in (ROOT / top).rglob("*.py"))
    found = {str(path.relative_to(ROOT)) for path in modules if asks.search(path.read_text(encoding="utf-8"))}

    assert found == {TABLE}
