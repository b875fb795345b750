"""What the database holds after a step, read without the program."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from db.dialect import is_server
from tests import tables

Row = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Stored:
    """The cases by number, and the rows of other tables, all instants as datetimes."""

    cases: dict[int, Row]
    decisions: dict[int, Row]
    notices: dict[int, Row]
    appeals: dict[int, Row]
    orders: dict[int, Row]
    inquiries: dict[int, Row]
    rectifications: dict[int, Row]
    items: list[Row]
    logins: dict[int, str]
    rest: dict[str, list[tuple[Any, ...]]]

    def in_force(self, case_id: int) -> Row:
        """Return the newest verdict in force on a case."""
        statuses = {"applied", "approved"}
        return [row for row in self.decisions.values() if row["case_id"] == case_id and row["status"] in statuses][-1]

    def letter(self, case_id: int, kind: str) -> Row | None:
        """Return the newest valid letter of a kind about a case."""
        of_case = (row for row in self.notices.values() if row["case_id"] == case_id and row["kind"] == kind)
        return next(reversed([row for row in of_case if row["cancelled_at"] is None]), None)


class Reader:
    """Reads a database through a connection of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = tables.connect(path)
        self.last_seq = 0

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def _refresh(self) -> None:
        """See what is stored now, also if the connection reads a copy."""
        if is_server(self.path):
            self.close()
            self.connection = tables.connect(self.path)

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table."""
        for row in self.connection.execute(f'SELECT * FROM "{table}"'):
            yield {
                name: _EPOCH + timedelta(microseconds=value)
                if name.endswith(("_at", "_until")) and isinstance(value, int)
                else value
                for name, value in dict(row).items()
            }

    def stored(self) -> Stored:
        """Return what is stored now."""
        self._refresh()
        logins = {row["id"]: row["login"] for row in self.rows("reviewer")}
        cases = {row["id"]: row for row in self.rows("case")}
        for case in cases.values():
            for name in ("held_by", "assignee", "returned_to"):
                case[name] = logins.get(case[f"{name}_id"])
        decisions = {row["id"]: row for row in self.rows("decision")}
        tables = ("suspension", "comment", "skip", "submission", "contact", "finding", "campaign_case")
        return Stored(
            cases=cases,
            decisions=decisions,
            notices={row["id"]: row for row in self.rows("notice")},
            appeals={row["id"]: row for row in self.rows("appeal")},
            orders={row["id"]: row for row in self.rows("measure_order")},
            inquiries={row["id"]: row for row in self.rows("inquiry")},
            rectifications={row["id"]: row for row in self.rows("rectification")},
            items=list(self.rows("rectification_item")),
            logins=logins,
            rest={table: [tuple(row) for row in self.connection.execute(f"SELECT * FROM {table}")] for table in tables},
        )

    def new_events(self) -> list[Row]:
        """Return the events since the last call, without those that only record the digests of letters."""
        self._refresh()
        found = self.connection.execute("SELECT * FROM event WHERE seq > ? ORDER BY seq", (self.last_seq,)).fetchall()
        events = [{**dict(row), "body": json.loads(row["body"])} for row in found]
        if events:
            self.last_seq = events[-1]["seq"]
        return [event for event in events if event["action"] != "recorded"]
