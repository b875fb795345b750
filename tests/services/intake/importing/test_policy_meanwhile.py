"""A policy, calendar or day that changes, or a suspension that begins, while an import runs: every case follows it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from db.columns import from_us
from tests.services.intake.importing.files import Desk, application, shanghai
from tests.sizes import sample
from workbench.policies import default_policy_text
from workbench.services.database.opening import open_services
from workbench.services.time.calendar.preview import DaySetting
from workbench.services.time.deadlines.suspensions import NewSuspension
from workbench.services.wiring import Services

pytestmark = pytest.mark.proof

CAPITAL = ("value = 50_000_000", "value = 500_000_000")
TRANSACTIONS = 9
"""The write transactions of the import below."""


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """A file with a threshold that the applications of this test miss."""
    path = tmp_path / "stricter.toml"
    path.write_text(default_policy_text().replace(*CAPITAL), encoding="utf-8")
    return path


def before_write(
    desk: Desk, number: int, act: Callable[[Services], object], monkeypatch: pytest.MonkeyPatch, login: str = "admin"
) -> list[int]:
    """Let somebody act just before a write transaction of the admin's, and return the list of these transactions."""
    database = desk.site.services("admin").context.database
    real, seen = database.write, list[int]()

    def write(**how: Any) -> AbstractContextManager[Any]:
        seen.append(len(seen))
        if seen[-1] == number:
            other = open_services(desk.site.path, login, desk.site.clock)
            act(other)
            other.close()
        return real(**how)

    monkeypatch.setattr(database, "write", write)
    return seen


@pytest.mark.parametrize("number", sample(range(TRANSACTIONS), ci=3))
def test_every_case_of_an_import_ends_with_the_version_that_was_applied_meanwhile(
    desk: Desk, stricter: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    desk.queued()

    def apply(other: Services) -> None:
        other.policies.apply(stricter, for_open_cases=True)
        other.policy_changes.finish()

    seen = before_write(desk, number, apply, monkeypatch)
    desk.applications(application(business_scope="教育咨询"), application("A-2"))

    assert len(seen) >= TRANSACTIONS
    assert {case: desk.case(case).policy_version_id for case in ("A-1", "A-2")} == {"A-1": 2, "A-2": 2}
    assert all("ID-CAPITAL" in desk.findings(case) for case in ("A-1", "A-2"))
    assert desk.sql("SELECT COUNT(*) FROM policy_version WHERE is_for_open_cases AND settled_at IS NULL") == [(0,)]


@pytest.mark.parametrize("number", sample(range(TRANSACTIONS), ci=3))
def test_a_case_of_an_import_stands_still_with_a_suspension_that_began_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    desk.queued()
    desk.change(state="passed")

    stop = NewSuspension(from_at=desk.site.clock.at, reason="台风")
    seen = before_write(desk, number, lambda other: other.suspending.suspend(stop), monkeypatch, "sup")
    desk.applications(application(business_scope="教育咨询"), application("A-2"), as_new=True)

    new = desk.case()
    assert len(seen) >= TRANSACTIONS
    assert (new.state, new.suspended_from) == ("queued", desk.site.clock.at)


def test_a_case_that_is_opened_after_midnight_is_judged_by_the_new_day(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, after = [], shanghai("2026-11-25 00:01")
    for number in range(TRANSACTIONS):
        desk.site.clock.at = shanghai("2026-11-24 23:59")
        with monkeypatch.context() as patched:
            before_write(desk, number, lambda _other: setattr(desk.site.clock, "at", after), patched)
            desk.applications(application(f"M-{number}"))
        case = desk.case(f"M-{number}")
        opened.append((case.opened_at.astimezone(shanghai("2026-11-24 00:00").tzinfo).date(), case.findings_on))

    assert all(opened_on == judged_on for opened_on, judged_on in opened)
    assert len(set(opened)) > 1, "midnight never came after the case was opened"


@pytest.mark.parametrize(
    ("number", "events"), [(3, ["import"]), (5, ["due", "import"]), (TRANSACTIONS - 1, ["import", "due"])]
)
def test_every_due_date_of_an_import_follows_the_calendar_that_was_set_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, number: int, events: list[str]
) -> None:
    desk.queued()
    desk.change(state="passed")
    assert desk.case().due_at == shanghai("2026-11-26 18:00")

    storm = DaySetting(on=shanghai("2026-11-26 00:00").date())
    seen = before_write(desk, number, lambda other: other.calendars.set_day(storm, "storm"), monkeypatch)
    desk.applications(application(business_scope="教育咨询"), application("A-2"), as_new=True)

    new = desk.case()
    assert len(seen) >= TRANSACTIONS
    assert new.due_at == shanghai("2026-11-27 18:00")
    told = desk.sql("SELECT told_due_at FROM notice WHERE case_id = :id ORDER BY id", id=new.id)
    assert from_us(told[-1][0]) == new.due_at
    # The transaction that publishes computes no due dates: others wait for it.
    logged = desk.sql(
        "SELECT action FROM event WHERE action = 'import' AND batch_id = 3 OR action = 'due' ORDER BY seq"
    )
    assert [row[0] for row in logged] == events
