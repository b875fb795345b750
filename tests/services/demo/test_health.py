"""Most cases of the demo are in time, whenever it is created."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from db.columns import from_us
from db.enums import CaseState
from tests.demos import NOW
from tests.sizes import sample
from workbench.services.database.opening import open_services
from workbench.services.demo.preparing import prepare
from workbench.services.site.machine_clock import clock_problem
from workbench.services.wiring import Services

pytestmark = pytest.mark.terminal


def check_health(database: Path, now: datetime) -> None:
    """Check that most cases are in time, also in the forecast, that few are late, and that cases are decided."""
    services = open_services(database, "rev1", lambda: now)
    try:
        check_cases(services, now)
        check_history(services, now)
        forecast = services.forecasts.of_queue()
    finally:
        services.close()
    assert not forecast.is_thin
    assert forecast.per_day > 5
    assert forecast.late_p50 < forecast.queued / 2


def check_cases(services: Services, now: datetime) -> None:
    with services.context.read() as session:
        cases = session.execute(text('SELECT state, due_at, held_until FROM "case"')).all()
        assert clock_problem(session, now) == ""
    over = {CaseState.PASSED, CaseState.FAILED, CaseState.WITHDRAWN}
    due = [from_us(case.due_at) for case in cases if case.state in {CaseState.QUEUED, CaseState.IN_REVIEW}]
    next_closing = min(at for at in due if at > now)

    assert 45 <= sum(case.state not in over for case in cases) <= 60
    assert sum(at <= now for at in due) == services.queue.counts().overdue == 2
    assert 3 <= due.count(next_closing) <= 8
    assert sum(case.held_until is not None and from_us(case.held_until) > now for case in cases) == 6


def check_history(services: Services, now: datetime) -> None:
    with services.context.read() as session:
        decided = session.execute(text("SELECT decided_at FROM decision")).scalars().all()
        latest = session.execute(text("SELECT max(at) FROM event")).scalar_one()
        refused = session.execute(text("SELECT count(*) FROM event WHERE is_refused")).scalar_one()
        calendar = services.context.calendar(session)
    days = Counter(calendar.local_day(from_us(at)) for at in decided)

    assert from_us(latest) <= now
    assert refused == 0
    assert all(calendar.is_working(day) for day in days)
    assert len(days) >= 12
    assert sum(days[day] for day in sorted(days)[-10:]) >= 50


def test_most_cases_are_in_time_and_few_are_late(made_demo: Path) -> None:
    check_health(made_demo, NOW)


@pytest.mark.long(12)
@pytest.mark.proof
@pytest.mark.parametrize(
    "at",
    sample(
        [
            "2026-11-23T09:00:00+08:00",  # a Monday, at opening
            "2026-11-23T09:01:00+08:00",
            "2026-11-25T17:50:00+08:00",  # just before closing
            "2026-11-27T18:30:00+08:00",  # a Friday, after closing
            "2026-11-29T13:00:00+08:00",  # a Sunday
            "2026-02-19T10:00:00+08:00",  # in the Spring Festival
            "2026-10-09T00:05:00+08:00",  # at night, after the October holiday
            "2027-01-01T11:00:00+08:00",  # a New Year's day whose calendar is not published yet
            "2028-02-29T14:00:00+08:00",
        ],
        ci=0,
    ),
)
def test_most_cases_are_in_time_whenever_the_demo_is_created(tmp_path: Path, at: str) -> None:
    now = datetime.fromisoformat(at)

    check_health(prepare(tmp_path, lambda: now), now)
