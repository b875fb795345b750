"""The chapter of files and JSON has every column of an export, and the keys that the commands print."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from db.enums import ExportKind
from tests.cli.conftest import parsers_built_once
from tests.cli.framework.terminal import Terminal
from tests.demos import NOW, fresh_demo, made_demo
from tests.manual.json_keys import JSON_KEYS
from tests.manual.tables import EXPORT_COLUMNS
from tests.sites import ManualClock, Site
from workbench.services.database.moving import Move, MovedTable

__all__ = ["fresh_demo", "made_demo", "parsers_built_once"]


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def test_each_document_has_the_keys_of_the_chapter(fresh_demo: Path) -> None:
    terminal, different = Terminal(Site(fresh_demo, ManualClock(NOW))), {}
    # A move needs a server; its document has the fields of its result.
    move = {**dict.fromkeys(field.name for field in fields(Move)), "dry_run": True}
    move["tables"] = [dict.fromkeys(field.name for field in fields(MovedTable))]
    for command, text in JSON_KEYS.items():
        document = move if command == "migrate" else terminal.document("sup", *command.split())
        named = dict(re.findall(r"(\w+)(?:\(([^)]*)\))?", text))
        inner = {key: ",".join(_first(document.get(key))) for key, keys in named.items() if keys and document.get(key)}
        if [*document] != [*named] or inner != {key: named[key] for key in inner}:
            different[command] = [*document], inner

    assert different == {}


def test_every_kind_of_export_has_its_columns_in_the_chapter() -> None:
    assert EXPORT_COLUMNS.keys() == set(ExportKind)
