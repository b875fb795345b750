"""Random edits by SQL of a lived database are found without an anchor, or are in the manual's list."""

from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from db.dialects.sqlite import make_engine, prepare_bulk_writes
from tests.cli.framework.terminal import Terminal
from tests.demos import NOW
from tests.forgeries import ONLY_CHANGED, OUTSIDE, cared_columns, forgery, listed_in_manual
from tests.sites import ManualClock, Site
from tests.sizes import sized
from workbench.services.foundation import audit_log
from workbench.services.site.log_checks.unexplained_rows import log_faults

pytestmark = [pytest.mark.proof, pytest.mark.promise("P6")]

EDITS = sized(ci=100, full=500)
ENTRIES_BEFORE = 12
"""How many entries the manual's list had when rows of a low number, receipts and policy versions went unseen."""


@pytest.fixture
def lived(fresh_demo: Path, tmp_path: Path) -> Iterator[Session]:
    """A session, as another program has it, on a demo with rows in each table that the log cares for."""
    site = Site(fresh_demo, ManualClock(NOW))
    terminal = Terminal(site)
    terminal.document("sup", "hold", "C-1", "--reason", "court")
    terminal.document("sup", "calendar", "suspend", "2026-12-07", "2026-12-08", "--province", "广东", "--reason", "x")
    terminal.document("admin", "calendar", "set", "2026-12-09", "09:00-12:00", "--reason", "party")
    terminal.document("sup", "reviewers", "away", "rev1", "--from", "2026-12-01", "--to", "2026-12-02")
    terminal.document("sup", "quality", "golden", "C-1", "pass", "--reason", "OK")
    terminal.document("sup", "quality", "sample", "--period", "2026")
    case = terminal.document("rev1", "quality", "review")["case"]
    terminal.document("rev1", "quality", "review", "fail", "--reason", "USE-TRADE")
    terminal.document("sup", "quality", "adjudicate", case, "second", "--note", "x")
    terminal.document("admin", "export", "calls", "--output", str(tmp_path / "c.csv"), "--reveal", "--reason", "court")
    engine = make_engine(site.path, site.services("admin").context.database.key, query_only=False)
    prepare_bulk_writes(engine)
    with Session(engine) as session, session.begin():
        for name in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            session.execute(text(f"DROP TRIGGER {name}"))
    with Session(engine) as session:
        yield session
    engine.dispose()
    site.close()


def test_the_list_of_what_stays_outside_is_the_one_of_the_manual_and_did_not_grow() -> None:
    listed = listed_in_manual()

    assert [entry for entry in OUTSIDE if entry not in listed] == []
    # Of what an earlier version wrote without a digest, a database of this version has nothing.
    assert len(OUTSIDE) + 1 <= ENTRIES_BEFORE


def is_found(session: Session) -> bool:
    return not audit_log.verify(session).is_whole or bool(list(log_faults(session)))


def test_every_edit_by_sql_is_found_without_an_anchor(lived: Session) -> None:
    dice, unseen, tried = Random(26), list[str](), Counter[str]()
    assert not is_found(lived)
    cared = cared_columns()
    turns = [(table, kind) for table in cared for kind in ("change", "insert", "delete", "change")]
    turns = [(table, kind) for table, kind in turns if kind == "change" or table not in ONLY_CHANGED]
    # All in turn, so that each table is tried in the small size too.
    dice.shuffle(turns)
    for table, kind in cycle(turns):
        if sum(tried.values()) >= EDITS:
            break
        made = forgery(lived, table, cared[table], kind, dice)
        if made is None:
            continue
        try:
            lived.execute(text(made.statement), dict(made.values))
        except DBAPIError:
            # The schema refuses it: a number that is taken, or null where there must be a value.
            lived.rollback()
            continue
        tried[f"{table} {kind}"] += 1
        if not is_found(lived):
            unseen.append(f"{made.statement} {dict(made.values)}")
        lived.rollback()

    assert unseen == []
    # The demo has no campaign and no duty, and erased nothing.
    assert set(cared) - {name.split()[0] for name in tried} == {"campaign", "duty", "erasure"}
