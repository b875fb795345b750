"""An upgrade from the schema before suspension notices neither repeats nor loses a letter."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from tests.cli.calendar.batches import after_first_batch
from tests.clock_site import ClockSite, local
from tests.first_schema import downgrade
from tests.sites import Site
from workbench.services.deadlines import batches, recompute
from workbench.services.deadlines.suspensions import NewSuspension
from workbench.services.foundation import audit_log

pytestmark = pytest.mark.proof

BEFORE = "0004"
ONE, OTHER = "台风", "停电"


class Interrupted(Exception):
    """Stands for a process that stops while it applies a suspension."""


@pytest.fixture
def services(site: Site, monkeypatch: pytest.MonkeyPatch) -> ClockSite:
    monkeypatch.setattr(recompute, "CASES_PER_BATCH", 1)
    services = ClockSite(site).at("2026-11-24 10:00")
    for _case in range(3):
        services.received("2026-11-24 10:00")
    return services


def suspend(services: ClockSite, begin: str, end: str | None, reason: str = ONE) -> None:
    stop = NewSuspension(from_at=local(begin), to_at=None if end is None else local(end), reason=reason)
    services.site.services("sup").suspending.suspend(stop)


def interrupt(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Interrupt an action after its first batch of cases."""

    def broken() -> None:
        raise Interrupted

    with monkeypatch.context() as patch:
        after_first_batch(patch, broken)
        with pytest.raises(Interrupted):
            act()


def upgraded(services: ClockSite) -> ClockSite:
    """Return the same database after its upgrade from the older schema."""
    site = services.site
    site.close()
    site.services_by_login.clear()
    downgrade(site.path, BEFORE)
    return services


def letters_sent(services: ClockSite) -> list[tuple[int, str]]:
    with services.site.services("admin").context.read() as session:
        rows = session.execute(text("SELECT case_id, kind FROM notice ORDER BY case_id, id")).all()
    return [(row.case_id, row.kind) for row in rows]


def each(*kinds: str) -> list[tuple[int, str]]:
    return [(case_id, kind) for case_id in (1, 2, 3) for kind in kinds]


def catch_up(services: ClockSite, at: str) -> None:
    for _time in range(2):
        services.at(at).site.services("a").catch_up()


def test_applicants_notified_of_a_suspension_are_notified_of_its_known_end_once(services: ClockSite) -> None:
    suspend(services, "2026-11-25 09:00", "2026-11-25 18:00")
    catch_up(upgraded(services), "2026-11-24 11:00")
    assert letters_sent(services) == each("delay")

    catch_up(services, "2026-11-25 18:00")
    assert letters_sent(services) == each("delay", "resumed")


def test_a_known_end_announced_to_some_applicants_is_announced_to_the_others(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    suspend(services, "2026-11-25 09:00", "2026-11-25 18:00")
    leaving = services.at("2026-11-25 18:00").site.services("a")
    monkeypatch.setattr(batches, "CASES_PER_BATCH", 1)
    with monkeypatch.context() as patch:
        after_first_batch(patch, leaving.leave, batches)
        assert leaving.catch_up().resumed == 1

    catch_up(upgraded(services), "2026-11-25 19:00")
    assert letters_sent(services) == each("delay", "resumed")


def test_recipients_of_a_letter_during_an_open_suspension_are_notified_of_its_end(services: ClockSite) -> None:
    suspend(services, "2026-11-24 10:00", None)
    later = services.at("2026-11-24 12:00").received("2026-11-24 12:00")
    other = services.received("2026-11-24 12:00")
    services.run("sup", "extend", later, "--until", "2026-12-10", "--reason", "x")

    upgraded(services).at("2026-11-25 10:00").run("sup", "calendar", "resume")
    expected = [*each("delay", "resumed"), (int(later[2:]), "delay"), (int(later[2:]), "resumed")]
    assert letters_sent(services) == [*expected, (int(other[2:]), "delay")]
    catch_up(services, "2026-11-26 10:00")
    assert letters_sent(services) == [*expected, (int(other[2:]), "delay")]


def test_an_interrupted_start_of_a_suspension_is_finished(services: ClockSite, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt(monkeypatch, lambda: suspend(services, "2026-11-25 09:00", "2026-11-25 18:00"))
    assert letters_sent(services) == [(1, "delay")]

    catch_up(upgraded(services), "2026-11-24 11:00")
    assert letters_sent(services) == each("delay")


@pytest.mark.parametrize("until", [None, "2026-11-30 18:00"])
def test_an_interrupted_end_of_a_suspension_is_finished(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch, until: str | None
) -> None:
    suspend(services, "2026-11-24 10:00", until)
    services.at("2026-11-25 10:00")
    interrupt(monkeypatch, services.site.services("sup").suspending.resume)
    assert letters_sent(services) == [(1, "delay"), (1, "resumed"), (2, "delay"), (3, "delay")]

    catch_up(upgraded(services), "2026-11-25 11:00")
    assert letters_sent(services) == each("delay", "resumed")


def test_recipients_during_an_open_suspension_are_notified_of_its_interrupted_end(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    suspend(services, "2026-11-24 10:00", None)
    later = services.at("2026-11-24 12:00").received("2026-11-24 12:00")
    services.run("sup", "extend", later, "--until", "2026-12-10", "--reason", "x")
    services.at("2026-11-25 10:00")
    interrupt(monkeypatch, services.site.services("sup").suspending.resume)

    catch_up(upgraded(services), "2026-11-25 11:00")
    assert letters_sent(services) == [*each("delay", "resumed"), (4, "delay"), (4, "resumed")]


def test_an_announced_end_is_announced_again_if_it_moves_forward(services: ClockSite) -> None:
    suspend(services, "2026-11-24 10:00", None)
    services.at("2026-11-25 10:00").run("sup", "calendar", "resume")

    upgraded(services).at("2026-11-25 11:00").run("sup", "calendar", "resume", "1", "--at", "2026-11-25 09:30")
    assert letters_sent(services) == each("delay", "resumed", "resumed")


def test_the_end_is_announced_when_an_overlapping_suspension_ends(services: ClockSite) -> None:
    suspend(services, "2026-11-25 09:00", "2026-11-30 18:00")
    suspend(services, "2026-11-26 09:00", "2026-11-27 18:00", OTHER)
    sup = services.at("2026-11-26 10:00").site.services("sup")
    sup.suspending.resume(suspension_id=1)
    assert letters_sent(services) == each("delay")
    with sup.context.write() as session:
        session.execute(text("DELETE FROM suspension_notice WHERE kind = 'held'"))
        audit_log.append(
            session, sup.actor, "due-moved", sup.context.now(), body={"suspension": 1, "held_up": {"2": [1, 2, 3]}}
        )

    catch_up(upgraded(services), "2026-11-26 11:00")
    assert letters_sent(services) == each("delay")
    catch_up(services, "2026-11-27 18:00")
    assert letters_sent(services) == each("delay", "resumed")


def test_a_delay_is_not_announced_again_for_the_same_due_date(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00", "expedited")
    catch_up(services, "2026-11-25 17:50")
    assert letters_sent(services) == [(int(case[2:]), "delay")]

    catch_up(upgraded(services), "2026-11-25 17:55")
    assert letters_sent(services) == [(int(case[2:]), "delay")]


def test_a_case_whose_import_was_undone_gets_no_letter(services: ClockSite) -> None:
    suspend(services, "2026-11-25 09:00", "2026-11-25 18:00")
    with services.site.services("admin").context.write() as session:
        for table in ("notice", "suspension_notice"):
            session.execute(text(f"DELETE FROM {table} WHERE case_id = 2"))
        session.execute(text('DELETE FROM "case" WHERE id = 2'))

    catch_up(upgraded(services), "2026-11-25 18:00")
    assert letters_sent(services) == [one for one in each("delay", "resumed") if one[0] != 2]
