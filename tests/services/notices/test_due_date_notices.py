"""Notices about due dates are written in bulk."""

from datetime import timedelta

from sqlalchemy import text

from db.dialect import NOTED_COLUMNS, noted_rows
from db.models import CaseRow, NoticeRow
from tests.sites import Site
from workbench.services.notices.due_date_notices import notify
from workbench.services.notices.letter_facts import ClockLetterKind, LetterFacts


def test_all_notices_of_one_act_have_the_same_time(site: Site) -> None:
    cases = site.plant(3)
    context = site.services("sup").context
    start = site.clock.at

    def ticking() -> object:
        site.clock.at += timedelta(seconds=1)
        return site.clock.at

    object.__setattr__(context, "now", ticking)
    with context.write() as session:
        message = LetterFacts(kind=ClockLetterKind.DELAY, cause="the calendar changed")
        notify(session, context, [(session.get_one(CaseRow, case), message) for case in cases])

    with context.read() as session:
        times = set(session.execute(text("SELECT created_at FROM notice")).scalars())
    assert len(times) == 1
    assert site.clock.at > start


def test_a_letter_of_a_schema_without_facts_has_the_noted_values_that_it_had_before(site: Site) -> None:
    [case], at = site.plant(1), site.clock.at
    letters = [
        NoticeRow(case_id=case, kind="delay", language="zh", body="b", facts=facts, created_at=at, release_at=at)
        for facts in ("{}", '{"kind":"delay"}')
    ]
    with site.services("sup").context.write() as session:
        session.add_all(letters)
    names = [name for name in NOTED_COLUMNS["notice"] if name != "facts"]
    quoted = " || ',' || ".join(f"quote({name})" for name in names)
    before = f"{quoted} || ',' || octet_length(concat({', '.join(names)}))"

    with site.services("sup").context.read() as session:
        noted = dict(noted_rows(session.connection(), "notice"))
        known = {row.id: row.noted for row in session.execute(text(f"SELECT id, {before} AS noted FROM notice"))}
    assert [noted[number] == known[number] for number in sorted(noted)] == [True, False]
