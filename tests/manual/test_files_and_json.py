"""The chapter of files and JSON has every column of an export, and the keys that the commands print."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from db.enums import ExportKind
from tests.cli.conftest import parsers_built_once
from tests.cli.framework.terminal import Terminal
from tests.demos import NOW, copy_few_cases
from tests.manual.json_keys import JSON_KEYS
from tests.manual.tables import EXPORT_COLUMNS
from tests.sites import ManualClock, Site
from workbench.services.database.moving import Move, MovedTable
from workbench.services.demo.building import build

__all__ = ["parsers_built_once"]

_CASES = ("DEMO-022", "DEMO-047", "DEMO-083")
"""One with a measure, that of the chapter, and one with an inquiry: no list of a document is empty."""


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def test_each_document_has_the_keys_of_the_chapter(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    data, path = copy_few_cases(tmp_path / "data", _CASES), tmp_path / "demo" / "w.db"
    build(path, NOW, data, lambda _done, _steps: None)
    terminal, different = Terminal(Site(path, ManualClock(NOW))), {}
    # A move needs a server; its document has the fields of its result.
    move = {**dict.fromkeys(field.name for field in fields(Move)), "dry_run": True}
    move["tables"] = [dict.fromkeys(field.name for field in fields(MovedTable))]
    for command, text in JSON_KEYS.items():
        # The case of the chapter is the second of these few.
        words = command.replace("C-000033", "C-000002").split()
        document = move if command == "migrate" else terminal.document("sup", *words)
        named = dict(re.findall(r"(\w+)(?:\(([^)]*)\))?", text))
        inner = {key: ",".join(_first(document.get(key) or ())) for key, keys in named.items() if keys}
        if [*document] != [*named] or inner != {key: named[key] for key in inner}:
            different[command] = [*document], inner

    assert different == {}


def test_every_kind_of_export_has_its_columns_in_the_chapter() -> None:
    assert EXPORT_COLUMNS.keys() == set(ExportKind)
