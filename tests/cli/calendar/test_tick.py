"""The command tick, which cron runs."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.cli.calendar.transactions import after_first_transaction
from tests.cli.framework.terminal import Terminal, refused
from tests.cli.site.test_backups import lose
from tests.clock_site import ClockSite
from tests.sites import ManualClock, Site
from workbench.services.foundation.audit_log import append_many
from workbench.services.site import machine_clock
from workbench.services.site.machine_clock import Uptime
from workbench.services.time.deadlines import selected_cases
from workbench.services.time.deadlines.recompute import CASES_PER_TRANSACTION

TEN_DAYS = timedelta(days=10)
"""The longest quiet time; for other tests it is longer, because their clocks move without the machine."""

NOTHING = {"queued": 0, "lapsed": 0, "delayed": 0, "resumed": 0, "reminded": 0, "opened": 0, "inquiries": 0}


def tick(services: ClockSite) -> dict[str, Any]:
    """Tick as the auditor, and check that a second tick does nothing."""
    found: dict[str, Any] = services.terminal.document("audit", "tick")
    assert services.terminal.document("a", "tick") == NOTHING
    return found


def test_no_case_is_late_while_work_is_suspended(services: ClockSite) -> None:
    services.received("2026-11-24 10:00", "expedited")
    services.run("sup", "calendar", "suspend", "2026-11-25", "--reason", "台风")

    assert tick(services.at("2026-11-27 10:00")) == NOTHING


def test_quitting_stops_tick_between_two_transactions_and_the_next_tick_continues(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = services.site
    site.plant(CASES_PER_TRANSACTION + 10, due_in_days=-1)
    leaving, staying = site.services("a"), site.services("b")
    after_first_transaction(monkeypatch, leaving.leave, selected_cases)

    assert leaving.catch_up().delayed == CASES_PER_TRANSACTION
    assert staying.catch_up().delayed == 10


@pytest.mark.promise("S7")
def test_nothing_lapses_by_a_clock_that_must_be_wrong(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    services.ask_for_a_seal("2026-11-24 10:00", case, until="2026-11-26")
    services.at("2026-12-24 10:00").run("a", "comment", case, "by a clock that is ahead")
    services.at("2026-11-27 10:00")

    message = refused(services.terminal.as_person("audit", "tick"), 78)

    assert "but the newest event is of 2026-12-24 02:00 UTC; set the clock." in message
    assert services.terminal.document("a", "show", case)["state"] == "rectifying"
    assert services.site.services("a").queue.counts().is_clock_wrong
    refused(services.terminal.as_person("sup", "tick", "--clock-is-right"), 77)

    assert services.terminal.document("admin", "tick", "--clock-is-right")["lapsed"] == 1

    assert services.terminal.as_person("audit", "tick").exit_code == 0
    assert not services.site.services("a").queue.counts().is_clock_wrong
    with services.site.services("admin").context.read() as session:
        accepted = session.execute(
            text("SELECT actor_login FROM event WHERE action = 'clock-accepted' AND NOT is_refused")
        )
        assert accepted.scalars().all() == ["admin"]


@pytest.mark.promise("S7")
@pytest.mark.parametrize(("ran", "is_refused"), [(9, False), (8, True)], ids=["quiet week", "jump"])
def test_a_clock_that_goes_further_than_the_machine_ran_lapses_nothing(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch, ran: int, is_refused: bool
) -> None:
    case = services.received("2026-11-24 10:00")
    services.ask_for_a_seal("2026-11-24 10:00", case, until="2026-11-26")
    monkeypatch.setattr(machine_clock, "uptime", lambda: Uptime("this start", 1_000.0))
    assert services.terminal.as_person("audit", "tick").exit_code == 0
    services.at("2026-12-03 11:00")
    monkeypatch.setattr(machine_clock, "uptime", lambda: Uptime("this start", 1_000.0 + ran * 86_400))

    # An act at the wrong time does not make it right.
    services.run("a", "comment", case, "still here")
    result = services.terminal.as_person("audit", "tick")

    assert services.site.services("a").queue.counts().is_clock_wrong == is_refused
    assert services.terminal.document("a", "show", case)["state"] == ("rectifying" if is_refused else "lapsed")
    if is_refused:
        assert "by the time that the machine ran it is 2026-12-02 02:00 UTC" in refused(result, 78)
        assert services.terminal.document("admin", "tick", "--clock-is-right")["lapsed"] == 1


def restarted(services: ClockSite, patched: pytest.MonkeyPatch, at: str) -> None:
    """Let a tick note the clock, then start the machine again with its clock at a time."""
    patched.setattr(machine_clock, "MAY_BE_QUIET", TEN_DAYS)
    patched.setattr(machine_clock, "uptime", lambda: Uptime("one start", 1_000.0))
    services.run("audit", "tick")
    patched.setattr(machine_clock, "uptime", lambda: Uptime("another start", 5.0))
    services.at(at)


@pytest.mark.promise("S7")
def test_after_a_restart_a_public_holiday_needs_no_confirmation(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = services.received("2026-11-24 10:00")
    services.ask_for_a_seal("2026-11-24 18:00", case, until="2026-11-26")
    restarted(services, monkeypatch, "2026-12-04 08:30")
    services.run("a", "comment", case, "back")

    assert services.terminal.document("audit", "tick")["lapsed"] == 1
    assert not services.site.services("a").queue.counts().is_clock_wrong


@pytest.mark.promise("S7")
def test_after_a_restart_and_a_longer_time_older_cases_wait_until_an_admin_confirms_the_clock(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = services.received("2026-11-24 10:00")
    services.ask_for_a_seal("2026-11-24 10:00", case, until="2026-11-26")
    restarted(services, monkeypatch, "2026-12-24 10:00")
    # Acts by a wrong clock do not confirm it.
    for day in range(24, 30):
        services.at(f"2026-12-{day} 10:00").run("a", "comment", case, "still here")

    message = refused(services.terminal.as_person("audit", "tick"), 78)

    assert "Nothing happened between 2026-11-24 02:00 UTC and 2026-12-24 02:00 UTC" in message
    assert "an admin runs `workbench tick --clock-is-right`" in message
    assert services.terminal.document("a", "show", case)["state"] == "rectifying"
    assert services.site.services("a").queue.counts().is_clock_wrong
    erasing = ("retention", "apply", "--reason", "x", "--yes")
    assert "Nothing happened between" in refused(services.terminal.as_person("admin", *erasing), 78)
    assert services.terminal.document("admin", "tick", "--clock-is-right")["lapsed"] == 1
    assert not services.site.services("a").queue.counts().is_clock_wrong
    assert services.terminal.as_person("admin", *erasing).exit_code == 0


@pytest.mark.promise("S7")
def test_the_clock_has_to_be_confirmed_however_many_acts_follow_a_restart(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = services.received("2026-11-24 10:00")
    services.ask_for_a_seal("2026-11-24 10:00", case, until="2026-11-26")
    restarted(services, monkeypatch, "2026-11-24 11:00")
    services.run("a", "comment", case, "before the clock jumps")
    services.at("2026-12-24 10:00")
    context = services.site.services("a").context
    with context.write() as session:
        append_many(session, context.actor, "comment", context.now(), [(1, {})] * 5_000)

    message = refused(services.terminal.as_person("audit", "tick"), 78)

    assert "Nothing happened between 2026-11-24 03:00 UTC and 2026-12-24 02:00 UTC" in message


@pytest.mark.promise("S7")
@pytest.mark.parametrize(
    ("change", "every_days", "is_refused"),
    [
        ("DELETE FROM setting", 7, False),
        ("DELETE FROM setting", 21, True),
        ("""UPDATE setting SET value = replace(value, '"last"', '"former"')""", 21, True),
    ],
    ids=["regular acts", "one act", "one act after an earlier note"],
)
def test_after_an_upgrade_one_act_does_not_confirm_the_clock(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch, change: str, every_days: int, is_refused: bool
) -> None:
    case = services.received("2026-11-24 10:00")
    restarted(services, monkeypatch, "2026-11-24 11:00")
    with services.site.services("admin").context.write() as session:
        session.execute(text(f"{change} WHERE name = 'clock'"))
    for _act in range(0, 21, every_days):
        services.site.clock.advance(days=every_days)
        services.run("a", "comment", case, "no tick for three weeks")

    services.site.clock.advance(hours=1)

    assert services.terminal.as_person("audit", "tick").exit_code == (78 if is_refused else 0)


@pytest.mark.promise("S7")
def test_the_first_tick_compares_the_clock_with_that_of_init(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_clock, "MAY_BE_QUIET", TEN_DAYS)
    clock = ManualClock()
    with closing(Site(tmp_path / "w.db", clock).create()) as site:
        clock.advance(days=40)
        [case] = site.plant(1)
        site.services("a").remarks.comment(case, "one act at a wrong time")
        erasing = ("retention", "apply", "--reason", "x", "--yes")
        assert "Nothing happened between 2026-11-24 02:00 UTC and 2027-01-03" in refused(
            Terminal(site).as_person("admin", *erasing), 78
        )


@pytest.mark.promise("S7")
@pytest.mark.sqlite("a backup of the file")
def test_the_first_tick_compares_the_clock_with_that_of_restore(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    case = services.received("2026-11-24 10:00")
    services.ask_for_a_seal("2026-11-24 10:00", case, until="2026-11-26")
    services.run("admin", "backup", str(tmp_path / "backup.tar"))
    restarted(services, monkeypatch, "2026-11-25 10:00")
    lose(services.terminal)
    services.run("admin", "restore", str(tmp_path / "backup.tar"))
    services.at("2026-12-03 11:00").run("a", "comment", case, "the machine ran for an hour only")
    monkeypatch.setattr(machine_clock, "uptime", lambda: Uptime("another start", 3_605.0))

    message = refused(services.terminal.as_person("audit", "tick"), 78)

    assert "by the time that the machine ran it is 2026-11-25 03:00 UTC" in message


@pytest.mark.promise("S7", "R2")
def test_a_long_quiet_time_holds_up_nothing_but_an_erasure_if_no_case_is_older(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    restarted(services, monkeypatch, "2026-12-24 10:00")
    for _tick in range(2):
        services.run("audit", "tick")
    services.received("2026-12-24 10:00")
    services.run("audit", "tick")

    assert not services.site.services("a").queue.counts().is_clock_wrong
    refused(services.terminal.as_person("admin", "retention", "apply", "--reason", "x", "--yes"), 78)


@pytest.mark.promise("S7")
def test_daily_ticks_confirm_a_clock_without_any_event(services: ClockSite, monkeypatch: pytest.MonkeyPatch) -> None:
    services.received("2026-11-24 10:00")
    monkeypatch.setattr(machine_clock, "MAY_BE_QUIET", TEN_DAYS)
    for day in range(1, 29, 9):
        assert services.at(f"2026-12-{day:02} 10:00").terminal.as_person("audit", "tick").exit_code == 0


@pytest.mark.promise("S7", "D1")
def test_a_hold_taken_by_a_clock_that_was_ahead_lasts_no_longer_than_another(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    services.at("2036-11-24 10:00").run("a", "next")
    services.at("2026-11-24 11:00")

    refused(services.terminal.as_person("audit", "tick"), 78)
    # Which of the two times is wrong, the program cannot know.
    assert services.terminal.document("a", "show", case)["held_until"].startswith("2036")
    services.terminal.as_person("admin", "tick", "--clock-is-right")

    assert services.terminal.document("a", "show", case)["held_until"] == "2026-11-24T11:30:00+08:00"
    assert services.at("2026-11-24 11:31").terminal.document("b", "next")["case"] == case
