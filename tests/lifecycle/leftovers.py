"""Compares all tables before an act and after its undo, and finds the changes that an undo must not leave."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.lifecycle.stored import Row, Stored

NOT_RESTORED = {
    "cases": {
        # These only grow.
        *("version", "fence", "evidence_no", "evidence_seq"),
        # Who held the case gets a fresh hold, and the case on the desk goes aside; the model knows for how long.
        *("held_until", "aside_until"),
        # The due date is computed anew, and an appeal is filed on the evidence of the day.
        *("due_at", "is_due_provisional", "suspended_from"),
        *("application_id", "findings_on", "block_count", "warn_count", "risk", "priority", "priority_rank"),
    },
    # What an approval computed stays, since a second one comes to the same.
    "decisions": {"deadline_at", "seen"},
}
"""The columns that an undo need not restore, by table."""

WITHDRAWN: Mapping[str, Mapping[str, Any]] = {
    "decisions": {"status": "undone"},
    "appeals": {"status": "undone"},
    "rectifications": {"is_open": 0},
}
"""The values of rows that an act added, after its undo. Letters and orders have a time of cancellation instead."""

KEPT = {"comment", "finding", "submission"}
"""The tables that an undo does not restore: what somebody wrote, and what the evidence says."""


def leftovers(before: Stored, after: Stored, case_id: int) -> list[str]:
    """Return a line for each value that the undo of an act on a case did not put back."""
    return list(_leftovers(before, after, case_id))


def _leftovers(before: Stored, after: Stored, case_id: int) -> Iterator[str]:
    tables = ("cases", "decisions", "notices", "appeals", "orders", "inquiries", "rectifications")
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in tables}
    pairs["items"] = ({row["id"]: row for row in before.items}, {row["id"]: row for row in after.items})
    for name, (old, new) in pairs.items():
        yield from (f"{name} {number} is gone" for number in old.keys() - new.keys())
        for number, row in new.items():
            yield from _differences(name, old.get(number), row, f"{name} {number}")
            if "case_id" in row and number not in old and row["case_id"] != case_id:
                yield f"{name} {number} is another case's"
    for name, rows in before.rest.items():
        if name not in KEPT and rows != after.rest[name]:
            yield f"{name} differs"


def _differences(table: str, old: Row | None, new: Row, name: str) -> Iterator[str]:
    if table == "notices" and new["kind"] == "deadline-moved":
        # An undo replaces the letters about suspensions since its act, and the clock of the walk often stands still.
        return
    if old is not None:
        not_restored = NOT_RESTORED.get(table, set())
        yield from (
            f"{name}.{column}: {old[column]!r} -> {new[column]!r}"
            for column in new
            if column not in not_restored and old[column] != new[column]
        )
    elif table in {"notices", "orders"} and new["cancelled_at"] is None:
        yield f"{name} is not cancelled"
    else:
        wanted = WITHDRAWN.get(table, {})
        yield from (f"{name}.{column} is {new[column]!r}" for column in wanted if new[column] != wanted[column])
