"""The commands calendar suspend and resume, and the notices that they cause."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from tests.cli.calendar.transactions import after_first_transaction
from tests.cli.framework.terminal import refused
from tests.clock_site import ClockSite, local
from workbench.services.time.deadlines import recompute
from workbench.services.time.deadlines.suspensions import NewSuspension


def notices(services: ClockSite) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = services.terminal.document("a", "notices")["notices"]
    return found


def kinds_written(services: ClockSite) -> list[str]:
    """Return the kinds of notices; read directly, because a command would finish interrupted work."""
    with services.site.services("admin").context.read() as session:
        return list(session.execute(text("SELECT kind FROM notice ORDER BY id")).scalars())


def suspend(services: ClockSite, *words: str, reason: str = "台风停工") -> Any:
    return services.terminal.document("sup", "calendar", "suspend", *words, "--reason", reason)


def test_interrupted_resumptions_are_announced_once(services: ClockSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recompute, "CASES_PER_TRANSACTION", 1)
    for _case in range(3):
        services.received("2026-11-24 10:00")
    suspend(services, "2026-11-24 09:00")

    def broken() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        after_first_transaction(patch, broken)
        assert "23 24!25!26!27!28!29!" in services.terminal.as_person("sup", "calendar").stdout
        services.at("2026-11-25 13:00").terminal.as_person("sup", "calendar", "resume")
    assert kinds_written(services).count("resumed") == 1
    services.site.services("a").suspending.finish()
    services.site.services("a").suspending.finish()

    kinds = [(one["case"], one["kind"]) for one in notices(services)]
    assert len(kinds) == len(set(kinds)) == 6


@pytest.mark.parametrize("is_end", [False, True])
def test_two_processes_that_process_a_suspension_at_once_notify_everyone_once(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch, *, is_end: bool
) -> None:
    monkeypatch.setattr(recompute, "CASES_PER_TRANSACTION", 1)
    for _case in range(3):
        services.received("2026-11-24 10:00")
    sup, other = services.site.services("sup").suspending, services.site.services("a").suspending
    if is_end:
        suspend(services, "2026-11-24 09:00")
        services.at("2026-11-25 13:00")
    after_first_transaction(monkeypatch, other.finish)
    if is_end:
        sup.resume()
    else:
        sup.suspend(NewSuspension(from_at=local("2026-11-25 09:00"), to_at=local("2026-11-25 18:00"), reason="台风"))

    assert sorted(kinds_written(services)) == ["delay"] * 3 + ["resumed"] * 3 * is_end


def test_the_end_within_another_suspension_is_announced_when_the_other_is_over(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    suspend(services, "2026-11-25", "2026-11-30", reason="台风")
    suspend(services, "2026-11-26", "2026-11-27", reason="停电")
    assert [one["kind"] for one in notices(services)] == ["delay"]

    services.at("2026-11-26 10:00")
    assert services.terminal.document("sup", "calendar", "resume", "1")["notices"] == 0
    services.run("sup", "tick")
    assert len(notices(services)) == 1
    services.at("2026-11-30 10:00").run("sup", "tick")
    assert [one["kind"] for one in notices(services)] == ["delay", "resumed"]
    due = datetime.fromisoformat(services.clock(case)["due_at"])
    assert f"{due.year}年{due.month}月{due.day}日" in notices(services)[-1]["body"]
    services.run("sup", "tick")
    assert len(notices(services)) == 2


def test_an_invalid_suspension_is_wrong_usage(services: ClockSite) -> None:
    for words, message in (
        (("2026-11-25", "2026-11-24", "--reason", "x"), "ends before it begins"),
        (("2026-11-25", "--reason", " "), "--reason"),
        (("someday", "--reason", "x"), "someday"),
        (("2026-11-25", "--reason", "x", "--province", "Atlantis"), "Atlantis"),
        (("2026-11-25", "--reason", "x", "--agent", "A-2"), "No application has the agent A-2"),
        (("2026-11-28", "2026-11-29", "--reason", "x"), "no working time from 2026-11-28 00:00 to 2026-11-30 00:00"),
        (("2026-11-25", "--reason", "x" * 501), "at most 500 characters"),
        (("2026-11-25", "2199-12-31", "--reason", "x"), "2199-12-31 is more than 366 days ahead"),
        (("2062-11-25", "--reason", "x"), "2062-11-25 is more than 366 days ahead"),
    ):
        assert message in refused(services.terminal.as_person("sup", "calendar", "suspend", *words), 2)
        if message != "--reason":
            assert message in refused(services.terminal.as_person("sup", "calendar", "suspend", *words, "--dry-run"), 2)


def test_the_same_period_is_not_suspended_twice_unless_the_first_was_cancelled(services: ClockSite) -> None:
    suspend(services, "2026-12-01", "2026-12-02")
    suspend(services, "2026-12-01", "2026-12-02", "--province", "Sichuan")
    suspend(services, "2026-12-03")
    for words in (("2026-12-01", "2026-12-02"), ("2026-12-03",)):
        again = services.terminal.as_person("sup", "calendar", "suspend", *words, "--reason", "other")
        assert "suspended already, by suspension" in refused(again, 2)
    services.run("sup", "calendar", "resume")

    assert suspend(services, "2026-12-03")["suspensions"] == [4]
    said = services.terminal.as_person("sup", "calendar", "suspend", "2026-12-04", "2026-12-04", "--reason", "other")
    assert "suspension 5; `workbench calendar resume 5` ends" in said.stderr, said.output


def test_a_dry_run_says_what_a_suspension_or_its_end_would_do_and_writes_nothing(services: ClockSite) -> None:
    services.received("2026-11-20 10:00", "expedited")
    cases = [services.received("2026-11-24 10:00") for _case in range(2)]
    for words in (("2026-11-25", "2026-11-25"), ("2026-11-25",)):
        done = services.terminal.document("sup", "calendar", "suspend", *words, "--dry-run")
        affected = done.pop("affected")
        counts = {"cases": 2, "notices": 2, "deadlines": 0}
        assert done == {"suspensions": [], **counts, "written": False}
        assert [(one["case"], one["notice"], one["deadline"]) for one in affected] == [
            (case, True, False) for case in cases
        ]
        assert affected[0]["before"] == "2026-11-27T18:00:00+08:00"
    output = services.terminal.as_person("sup", "calendar", "suspend", "2026-11-25", "--dry-run")

    assert output.stderr == "Dry run: nothing was written.\n2 cases would be affected.\n2 applicants would be told.\n"
    assert "C-000002  Fri 27 Nov 18:00, letter owed" in output.stdout
    assert notices(services) == []
    assert services.terminal.document("a", "calendar")["suspensions"] == []
    assert {services.due(case) for case in cases} == {"2026-11-27 18:00"}
    assert "supervisor" in refused(services.terminal.as_person("a", "calendar", "suspend", *words, "--dry-run"), 77)

    suspend(services, "2026-11-25")
    services.at("2026-11-26 10:00")
    due, letters = services.due(cases[0]), notices(services)
    planned = services.terminal.document("sup", "calendar", "resume", "--dry-run")
    assert (services.due(cases[0]), notices(services)) == (due, letters)
    assert (planned["cases"], planned["notices"], planned["written"]) == (2, 2, False)
    assert services.terminal.document("sup", "calendar", "resume") == {**planned, "written": True}


def test_the_year_shows_its_suspensions(services: ClockSite) -> None:
    suspend(services, "2025-12-31", "2026-01-05", reason="洪水")
    suspend(services, "2026-12-01 14:00", "--province", "Sichuan", reason="台风")
    suspend(services, "2027-01-04", "2027-01-05")
    flood = {
        "id": 1,
        "from": "2025-12-31T00:00:00+08:00",
        "to": "2026-01-06T00:00:00+08:00",
        "province": None,
        "agent": None,
        "reason": "洪水",
    }
    storm = {
        "id": 2,
        "from": "2026-12-01T14:00:00+08:00",
        "to": None,
        "province": "四川",
        "agent": None,
        "reason": "台风",
    }

    assert services.terminal.document("a", "calendar", "2025")["suspensions"] == [flood]
    assert services.terminal.document("a", "calendar")["suspensions"] == [flood, storm]
    output = services.terminal.as_person("a", "calendar", "2026").stdout
    assert "Suspension 1: Wed 31 Dec 2025 00:00 to Tue 6 Jan 00:00 · 洪水" in output
    assert "Suspension 2: from Tue 1 Dec 14:00, end unknown · Sichuan · 台风" in output
    services.run("sup", "calendar", "resume")
    assert services.terminal.document("a", "calendar")["suspensions"] == [flood]


def test_resume_cancels_a_future_open_suspension_without_lost_time(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00", "extended")
    suspend(services, "2026-12-01")
    # Nobody has read the letter about it.
    assert services.terminal.document("sup", "calendar", "resume")["notices"] == 0
    assert notices(services) == []

    assert services.due(case) == "2026-12-08 18:00"
    assert "suspended" not in [step["what"] for step in services.clock(case)["steps"]]
    [suspension] = services.site.services("a").suspending.list()
    assert suspension.to_at == suspension.from_at
    assert "Nothing is suspended" in refused(services.terminal.as_person("sup", "calendar", "resume"), 69)
    assert services.at("2026-12-02 10:00").clock(case)["running"] is True


def test_only_the_named_suspension_is_ended_and_future_ones_are_kept(services: ClockSite) -> None:
    suspend(services, "2026-11-24 09:00", "--province", "Sichuan")
    suspend(services, "2026-11-24 09:00", "--province", "Guangdong")
    suspend(services, "2026-12-01")

    assert services.terminal.document("sup", "calendar", "resume", "2")["suspensions"] == [2]
    over = refused(services.terminal.as_person("sup", "calendar", "resume", "2"), 69)
    assert "Suspension 2 is over already" in over
    assert services.terminal.document("sup", "calendar", "resume")["suspensions"] == [1]
    assert services.terminal.document("sup", "calendar", "resume")["suspensions"] == [3]


def test_a_future_suspension_with_a_known_end_is_cancelled_by_its_number(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00", "extended")
    suspend(services, "2026-12-01", "2026-12-02")
    suspend(services, "2026-12-03", "2026-12-03")
    assert services.due(case) == "2026-12-11 18:00"
    hint = refused(services.terminal.as_person("sup", "calendar", "resume"), 69)
    assert "workbench calendar resume 1" in hint

    done = services.terminal.document("sup", "calendar", "resume", "1")
    assert (done["suspensions"], done["cases"], done["notices"]) == ([1], 1, 1)
    assert services.due(case) == "2026-12-09 18:00"
    assert [one["id"] for one in services.terminal.document("a", "calendar")["suspensions"]] == [2]
    assert [one["kind"] for one in notices(services)] == ["delay"]
    assert "called off already" in refused(services.terminal.as_person("sup", "calendar", "resume", "1"), 69)
    assert "no suspension 9" in refused(services.terminal.as_person("sup", "calendar", "resume", "9"), 66)
