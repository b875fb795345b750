"""The files of the demo as they are delivered: what applicants hand in, and what others say of them."""

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from db.enums import CreditList, ImportKind
from workbench.services.demo import calls as made_up_calls
from workbench.services.demo import fixtures
from workbench.services.demo.calls import calls_of, read_profiles
from workbench.services.demo.dates import DemoDates
from workbench.services.demo.handed import Handed, Row, msisdns_of
from workbench.services.demo.papers import paper
from workbench.services.demo.plan import DemoCase
from workbench.services.demo.twists import twist_of
from workbench.services.foundation.file_store import Store

_COMPLAINT_AT = time(11, 20)
_SOURCE = "客服热线"


def write_rows(folder: Path, kind: ImportKind, rows: Sequence[Row]) -> Path:
    """Write rows as a file of their kind: applications as JSON Lines, all others as CSV."""
    if kind is ImportKind.APPLICATIONS:
        path = folder / f"{kind.value}.jsonl"
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path
    path = folder / f"{kind.value}.csv"
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    _write_csv(path, columns, ([row.get(name, "") for name in columns] for row in rows))
    return path


def _write_csv(path: Path, columns: Sequence[str], lines: Iterable[Iterable[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(lines)


def stored_documents(handed: Handed, rows: Iterable[Row], edition: int, store: Store) -> Iterator[Row]:
    """Make the files of documents, put them into the store, and give the rows that name them there.

    An import would copy each file with two waits for the disk; a demo that is lost in a power cut is made again.
    """
    for row in rows:
        content = paper(handed.cast, row, edition)
        sha256 = hashlib.sha256(content).hexdigest()
        path = store.document_path(sha256)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(content)
        yield {**row, "sha256": sha256}


def credit_rows(handed: Handed, before: int, dates: DemoDates) -> Iterator[Row]:
    """Give what the six lists say of an applicant, looked up some working days before the delivery."""
    twist = handed.cast.twist
    if not twist.is_looked_up:
        return
    checked_on = dates.workday(before + twist.checked).isoformat()
    for name in CreditList:
        row = {"subject_no": handed.cast.subject, "list": name.value, "match": "none", "checked_on": checked_on}
        found = twist.credit.get(name.value, {})
        yield row | {column: value.format(no=handed.cast.case.no) for column, value in found.items()}


def complaint_rows(case: DemoCase, before: int, dates: DemoDates) -> Iterator[Row]:
    """Give the complaints about an application's first card, counted back from the delivery."""
    twist = twist_of(case.twists)
    for complaint in twist.complaints:
        day = dates.workday(before) - timedelta(days=complaint["days"])
        yield {
            "msisdn": msisdns_of(case, twist)[0],
            "received_at": datetime.combine(day, _COMPLAINT_AT).isoformat(sep=" ", timespec="minutes"),
            "source": f"{_SOURCE} {complaint['verified']}" if complaint["verified"] == "no" else _SOURCE,
            "verified": complaint["verified"],
            "summary": complaint["summary"],
        }


def opt_out_rows(case: DemoCase, before: int, dates: DemoDates) -> Iterator[Row]:
    """Give the callees who do not want to be called by an application's first card."""
    twist = twist_of(case.twists)
    for opt_out in twist.opt_outs:
        since = dates.workday(before) - timedelta(days=opt_out["days"])
        yield {"callee": opt_out["callee"], "since": since.isoformat(), "msisdn": msisdns_of(case, twist)[0]}


def write_calls(folder: Path, cases: Sequence[DemoCase], before: int, dates: DemoDates) -> Path:
    """Write the call records of the cards of some applications, up to the working day before the delivery."""
    profiles = read_profiles(fixtures.table("call_profiles"))
    longest = max(profile.reach for profile in profiles.by_name.values())
    days = dates.workdays_from(before + 1, longest)

    def lines() -> Iterator[tuple[object, ...]]:
        for case in cases:
            twist = twist_of(case.twists)
            for card, msisdn in enumerate(msisdns_of(case, twist)):
                own = twist.calls if card == 0 or twist.all_calls else ""
                yield from calls_of(msisdn, profiles.of(own, case.no + card), profiles.seed, days)

    path = folder / f"{ImportKind.CALLS.value}.csv"
    _write_csv(path, made_up_calls.COLUMNS, lines())
    return path
