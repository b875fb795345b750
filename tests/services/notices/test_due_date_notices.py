"""Notices about due dates are written in bulk."""

from datetime import timedelta

from sqlalchemy import text

from db.models import CaseRow
from tests.sites import Site
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.due_date_notices import DueDateMessage, notify


def test_all_notices_of_one_act_have_the_same_time(site: Site) -> None:
    cases = site.plant(3)
    context = site.services("sup").context
    start = site.clock.at

    def ticking() -> object:
        site.clock.at += timedelta(seconds=1)
        return site.clock.at

    object.__setattr__(context, "now", ticking)
    with context.write() as session:
        message = DueDateMessage(kind=ClockLetterKind.DELAY, cause="the calendar changed")
        notify(session, context, [(session.get_one(CaseRow, case), message) for case in cases])

    with context.read() as session:
        times = set(session.execute(text("SELECT created_at FROM notice")).scalars())
    assert len(times) == 1
    assert site.clock.at > start
