"""Random changes of a database by SQL, and what stays outside the log according to the manual."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, SQLModel

import db.models  # noqa: F401 - importing it registers the tables
from tests.manual.chapter_text import sources

WHOLE = ("*",)

OUTSIDE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "comments": {"comment": WHOLE},
    "verifications": {"verification": WHOLE},
    "checklists": {"checklist_answer": WHOLE},
    "contacts": {"contact": WHOLE},
    "what the maker of a decision saw": {"decision": ("seen",)},
    "the number that a measure bars": {"measure_order": ("msisdn",)},
    "attempts to deliver letters": {"notice": ("failed_at", "failure", "attempts", "handed_at")},
    "cases but for their states": {
        # An erased case is one whose mark is there; the erasure itself has the time.
        "case": tuple(name for name in SQLModel.metadata.tables["case"].c.keys() if name != "state"),  # noqa: SIM118 - columns
    },
    "settings of the site": {"setting": WHOLE},
    "what the program notes for itself": {
        **dict.fromkeys(("act", "draft", "skip", "campaign_case", "delay_notice", "suspension_notice"), WHOLE),
        "absence": ("is_handed_over",),
    },
    "the imported rows and files": {
        **dict.fromkeys(("application", "card", "document", "complaint", "credit_record", "opt_out"), WHOLE),
        **dict.fromkeys(("call_window", "call_day", "call_hour", "submission", "finding"), WHOLE),
        "import_batch": ("calls_bytes", "calls_sha256", "next_calls_bytes", "next_calls_sha256"),
    },
}
"""The entries of the manual's list of what stays outside the log, with tables and columns."""

ONLY_CHANGED = frozenset({"case"})
"""A case is an imported row, so that only the change of its state is in the care of the log."""


@dataclass(frozen=True)
class Forgery:
    """One change of one row, as a statement; `row` is the row before it, or the inserted one."""

    table: str
    row: Mapping[str, Any]
    statement: str
    values: Mapping[str, Any]


def cared_columns() -> dict[str, list[str]]:
    """Return the columns of each table that are in the care of the log."""
    found = {}
    for table in SQLModel.metadata.sorted_tables:
        outside = {name for entry in OUTSIDE.values() for name in entry.get(table.name, ())}
        names = [column.name for column in table.columns if column.name not in outside]
        if names and "*" not in outside:
            found[table.name] = names
    return found


def forged(value: Any, dice: Random) -> Any:
    """Return another stored value; some of them mean the same to a program that converts what it reads."""
    if value is None:
        return dice.choice([1, "x", 0])
    if isinstance(value, int):
        return dice.choice([value + dice.randrange(1, 1_000), value + 0.5, str(value) + "x", b"\0"])
    text_value = str(value)
    return dice.choice([text_value + "x", text_value + "\0x", text_value[1:] + "?", text_value.encode(), ""])


def forgery(session: Session, table: str, columns: list[str], kind: str, dice: Random) -> Forgery | None:
    """Return a change of a random row of a table, None if there is no row to change."""
    keys = [column.name for column in SQLModel.metadata.tables[table].primary_key]
    # Without an anchor elsewhere, nothing shows that the newest event was cut off.
    rest = " WHERE seq < (SELECT max(seq) FROM event)" if (table, kind) == ("event", "delete") else ""
    rows = session.execute(text(f'SELECT * FROM "{table}"{rest} ORDER BY {", ".join(keys)}')).mappings().all()
    if table == "import_batch":
        rows = [row for row in rows if row["published_at"] is not None]
    if not rows:
        return None
    row = dict(dice.choice(rows))
    at = " AND ".join(f'"{name}" = :at_{name}' for name in keys)
    values = {f"at_{name}": row[name] for name in keys}
    if kind == "delete":
        return Forgery(table, row, f'DELETE FROM "{table}" WHERE {at}', values)
    if kind == "insert":
        unique = {name for index in SQLModel.metadata.tables[table].constraints for name in _names_of_unique(index)}
        for name in {*keys, *unique}:
            row[name] = _unused([one[name] for one in rows], row[name], dice)
        names = ", ".join(f'"{name}"' for name in row)
        places = ", ".join(f":{name}" for name in row)
        return Forgery(table, row, f'INSERT INTO "{table}" ({names}) VALUES ({places})', row)
    column = dice.choice(columns)
    new = forged(row[column], dice)
    if column in keys and isinstance(row[column], int):
        new = _unused([one[column] for one in rows], row[column], dice)
    if new == row[column] and type(new) is type(row[column]):
        return None
    return Forgery(table, row, f'UPDATE "{table}" SET "{column}" = :new WHERE {at}', {**values, "new": new})


def _names_of_unique(constraint: Any) -> list[str]:
    return [column.name for column in constraint.columns] if type(constraint).__name__ == "UniqueConstraint" else []


def _unused(taken: list[Any], value: Any, dice: Random) -> Any:
    """Return a value of the same kind that no row has."""
    if value is None:
        return None
    if isinstance(value, int):
        free = [number for number in range(1, max(taken) + 100) if number not in taken]
        return dice.choice(free)
    return f"{value}{dice.randrange(1_000)}"


def listed_in_manual() -> str:
    """Return the section of the chapter about the audit log that lists what stays outside."""
    [chapter] = [each for each in sources("en") if each.path.stem.endswith("-audit-log")]
    return chapter.text.partition("## What stays outside\n")[2].partition("\n## ")[0]
