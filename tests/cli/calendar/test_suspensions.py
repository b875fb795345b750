"""The commands calendar suspend and resume, and the notices that they cause."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from db.enums import Priority
from db.models import ApplicationRow
from tests.cli.calendar.transactions import after_first_transaction
from tests.cli.framework.terminal import refused
from tests.clock_site import ClockSite, local
from tests.sites import Site
from workbench.services.foundation import audit_log
from workbench.services.time.deadlines import recompute
from workbench.services.time.deadlines.recompute import SuspensionEffect
from workbench.services.time.deadlines.suspensions import NewSuspension


@pytest.fixture
def services(site: Site) -> ClockSite:
    return ClockSite(site).at("2026-11-24 10:00")


def notices(services: ClockSite) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = services.terminal.document("a", "notices")["notices"]
    return found


def kinds_written(services: ClockSite) -> list[str]:
    """Return the kinds of notices; read directly, because a command would finish interrupted work."""
    with services.site.services("admin").context.read() as session:
        return list(session.execute(text("SELECT kind FROM notice ORDER BY id")).scalars())


def suspend(services: ClockSite, *words: str, reason: str = "台风停工") -> Any:
    return services.terminal.document("sup", "calendar", "suspend", *words, "--reason", reason)


def test_a_suspension_moves_every_due_date_and_notifies_each_applicant(services: ClockSite) -> None:
    cases = [services.received("2026-11-24 10:00") for _case in range(3)]
    done = suspend(services, "2026-11-25", "2026-11-26")

    assert (done["cases"], done["notices"]) == (3, 3)
    assert {services.due(case) for case in cases} == {"2026-12-01 18:00"}
    assert [(one["case"], one["kind"], one["sent_at"]) for one in notices(services)] == [
        (case, "delay", None) for case in cases
    ]
    assert "台风停工" in notices(services)[0]["body"]
    assert "2026年12月1日（周二）" in notices(services)[0]["body"]


def test_an_open_suspension_stops_the_clock_until_work_resumes(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00", "expedited")
    suspend(services, "2026-11-25 14:00")
    found = services.at("2026-11-27 10:00").clock(case)
    assert (found["running"], found["suspended"], found["due_at"]) == (False, True, "2026-11-25T18:00:00+08:00")
    assert found["steps"][-2]["to"] is None

    # The stored due date is past, but the case is not late: work was suspended.
    assert services.terminal.document("a", "queue", "--filter", "due:overdue")["total"] == 0
    assert services.terminal.document("a", "queue", "--filter", "-due:overdue")["total"] == 1
    [listed] = services.terminal.document("a", "queue")["cases"]
    assert (listed["breached"], listed["suspended"], listed["paused"]) == (False, True, False)
    assert re.search(r"\bsuspended\b", services.terminal.as_person("a", "queue").stdout)
    assert services.terminal.document("a", "show", case)["breached"] is False

    done = services.terminal.document("sup", "calendar", "resume")
    assert done["cases"] == 1
    # Four hours of Wednesday, eight of Thursday and one of Friday.
    assert services.due(case) == "2026-11-27 15:00"
    assert [one["kind"] for one in notices(services)] == ["delay", "resumed"]
    assert "2026年11月25日（周三）14:00起中止" in notices(services)[0]["body"]
    assert "新的办结时限：2026年11月27日（周五）" in notices(services)[1]["body"]
    services.at("2026-11-27 15:00")
    assert services.terminal.document("a", "queue", "--filter", "due:overdue")["total"] == 1


def test_a_case_overdue_before_the_suspension_stays_overdue(services: ClockSite) -> None:
    case = services.received("2026-11-20 10:00", "expedited")
    suspend(services, "2026-11-24 09:00")

    assert services.due(case) == "2026-11-23 18:00"
    assert services.terminal.document("a", "queue", "--filter", "due:overdue")["total"] == 1
    assert services.terminal.document("a", "show", case)["breached"] is True


def test_a_suspension_can_be_entered_afterwards(services: ClockSite) -> None:
    case = services.received("2026-11-20 10:00")
    suspend(services, "2026-11-23 09:00", "2026-11-23 12:00")

    assert services.due(case) == "2026-11-26 12:00"
    assert services.terminal.as_person("sup", "calendar", "resume").exit_code == 69
    suspend(services, "2026-11-23 15:00")
    services.terminal.document("sup", "calendar", "resume", "--at", "2026-11-23 17:00")
    assert services.due(case) == "2026-11-26 15:00"


def test_a_suspension_can_be_limited_to_a_province_or_an_agent(services: ClockSite) -> None:
    here, there = services.received("2026-11-24 10:00"), services.received("2026-11-24 10:00")
    context = services.site.services("admin").context
    with context.write() as session:
        session.get_one(ApplicationRow, 1).province = "四川省"
        for table in ("application", '"case"'):
            session.execute(text(f"UPDATE {table} SET agent = 'A-1' WHERE id = 2"))

    assert suspend(services, "2026-11-25", "2026-11-25", "--province", "Sichuan")["cases"] == 1
    assert suspend(services, "2026-11-26", "2026-11-26", "--agent", "A-1")["cases"] == 1
    assert (services.due(here), services.due(there)) == ("2026-11-30 18:00", "2026-11-30 18:00")
    assert "suspended" in [step["what"] for step in services.clock(here)["steps"]]
    assert len(notices(services)) == 2


def test_a_case_opened_during_a_suspension_is_suspended(services: ClockSite) -> None:
    suspend(services, "2026-11-23", "2026-11-25")
    case = services.received("2026-11-24 10:00")

    # Seven hours of Tuesday, which is day 0, and eight of Wednesday.
    assert services.due(case) == "2026-12-01 17:00"


def test_a_pause_within_a_suspension_counts_once(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    services.ask("2026-11-24 11:00", case)
    suspend(services, "2026-11-24 14:00", "2026-11-25 12:00")
    assert services.due(case) == "2026-11-27 18:00"
    services.answer("2026-11-25 11:00", case)

    # Tuesday from 11:00 and Wednesday until noon, whatever the cause.
    assert services.due(case) == "2026-12-01 10:00"


def test_the_log_has_one_event_for_the_suspension_and_one_for_each_batch_of_cases(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recompute, "CASES_PER_TRANSACTION", 2)
    for _case in range(3):
        services.received("2026-11-24 10:00")
    suspend(services, "2026-11-25", "2026-11-26", reason="张三住院")
    with services.site.services("admin").context.read() as session:
        rows = session.execute(text("SELECT action, body FROM event WHERE case_id IS NULL ORDER BY seq")).all()
        assert audit_log.verify(session).is_whole

    events = [(row.action, json.loads(row.body)) for row in rows if row.action in {"suspend", "due-moved"}]
    assert [action for action, _body in events] == ["suspend", "due-moved", "due-moved"]
    assert [body.get("cases") for _action, body in events] == [None, 2, 1]
    assert all("张三" not in row.body for row in rows)


def test_an_interrupted_suspension_is_finished_without_duplicate_notices(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recompute, "CASES_PER_TRANSACTION", 2)
    for _case in range(4):
        services.received("2026-11-24 10:00")

    def broken() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        after_first_transaction(patch, broken)
        services.terminal.as_person("sup", "calendar", "suspend", "2026-11-25", "--reason", "洪水")
    with services.site.services("admin").context.read() as session:
        assert session.execute(text("SELECT count(*) FROM notice")).scalar() == 2
    services.site.services("a").resume()
    services.site.services("a").resume()

    assert sorted(one["case"] for one in notices(services)) == ["C-000001", "C-000002", "C-000003", "C-000004"]


def test_an_action_on_a_case_during_a_suspension_in_progress_loses_no_letter(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [services.received("2026-11-24 10:00") for _case in range(2)]
    sup = services.site.services("sup")
    stop = NewSuspension(from_at=local("2026-11-25 09:00"), to_at=local("2026-11-25 18:00"), reason="台风")
    acts: tuple[Callable[[], SuspensionEffect], ...] = (lambda: sup.suspending.suspend(stop), sup.suspending.resume)
    for count, (act, at) in enumerate(zip(acts, ("2026-11-24 11:00", "2026-11-25 13:00"), strict=True), start=1):
        services.at(at)
        with monkeypatch.context() as patch:
            patch.setattr(sup.suspending, "finish", SuspensionEffect)
            act()
        sup.rescheduling.change_priority(1, Priority.HIGH if count == 1 else Priority.LOW, "acts on it")
        assert kinds_written(services) == ["delay", "delay"][: 2 * count - 2]
        services.site.services("a").suspending.finish()

        letters = [(one["case"], one["kind"]) for one in notices(services)]
        assert sorted(letters) == sorted((case, kind) for case in cases for kind in ("delay", "resumed")[:count])
    # The half day that was worked is not part of the suspension.
    assert {services.due(case) for case in cases} == {"2026-11-30 12:00"}


def test_interrupted_resumptions_are_announced_once(services: ClockSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recompute, "CASES_PER_TRANSACTION", 1)
    for _case in range(3):
        services.received("2026-11-24 10:00")
    suspend(services, "2026-11-24 09:00")

    def broken() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        after_first_transaction(patch, broken)
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


def test_only_a_supervisor_suspends_and_refused_attempts_are_logged(services: ClockSite) -> None:
    for words in (("suspend", "2026-11-25", "--reason", "x"), ("resume",)):
        assert "supervisor" in refused(services.terminal.as_person("a", "calendar", *words), 77)
    with services.site.services("admin").context.read() as session:
        assert session.execute(text("SELECT count(*) FROM event WHERE is_refused")).scalar() == 2
        assert session.execute(text("SELECT count(*) FROM suspension")).scalar() == 0


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


def test_a_dry_run_says_what_a_suspension_would_do_and_writes_nothing(services: ClockSite) -> None:
    services.received("2026-11-20 10:00", "expedited")
    cases = [services.received("2026-11-24 10:00") for _case in range(2)]
    for words in (("2026-11-25", "2026-11-25"), ("2026-11-25",)):
        done = services.terminal.document("sup", "calendar", "suspend", *words, "--dry-run")
        counts = {"cases": 2, "notices": 2, "deadlines": 0}
        assert done == {"suspensions": [], **counts, "written": False}
    output = services.terminal.as_person("sup", "calendar", "suspend", "2026-11-25", "--dry-run").stderr

    assert output == "Dry run: nothing was written.\n2 cases would be affected.\n2 applicants would be told.\n"
    assert notices(services) == []
    assert services.terminal.document("a", "calendar")["suspensions"] == []
    assert {services.due(case) for case in cases} == {"2026-11-27 18:00"}
    assert "supervisor" in refused(services.terminal.as_person("a", "calendar", "suspend", *words, "--dry-run"), 77)


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


def test_ending_a_suspension_keeps_future_ones(services: ClockSite) -> None:
    suspend(services, "2026-11-24 09:00")
    suspend(services, "2026-12-01")

    assert services.terminal.document("sup", "calendar", "resume")["suspensions"] == [1]
    assert services.terminal.document("sup", "calendar", "resume")["suspensions"] == [2]


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


def test_only_the_named_suspension_is_ended(services: ClockSite) -> None:
    suspend(services, "2026-11-24 09:00", "--province", "Sichuan")
    suspend(services, "2026-11-24 09:00", "--province", "Guangdong")

    assert services.terminal.document("sup", "calendar", "resume", "2")["suspensions"] == [2]
    over = refused(services.terminal.as_person("sup", "calendar", "resume", "2"), 69)
    assert "Suspension 2 is over already" in over
    assert services.terminal.document("sup", "calendar", "resume")["suspensions"] == [1]


def test_suspensions_processed_together_are_announced_once_to_those_affected(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = services.received("2026-11-24 10:00"), services.received("2026-11-24 10:00")
    with services.site.services("admin").context.write() as session:
        session.get_one(ApplicationRow, 2).province = "四川省"
    suspending = services.site.services("sup").suspending
    begins, ends = local("2026-11-25 09:00"), local("2026-11-25 18:00")

    def broken() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        after_first_transaction(patch, broken)
        with pytest.raises(KeyboardInterrupt):
            suspending.suspend(NewSuspension(from_at=begins, to_at=ends, reason="洪水", province="四川"))
    one_day = timedelta(days=1)
    suspending.suspend(NewSuspension(from_at=begins + one_day, to_at=ends + one_day, reason="台风"))

    letters = [(one["case"], "洪水" in one["body"], "台风" in one["body"]) for one in notices(services)]
    assert letters == [(there, True, False), (here, False, True), (there, False, True)]


def test_an_earlier_end_is_announced_to_the_recipients_of_the_suspension_letter(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    services.received("2026-11-20 10:00", "expedited")
    suspend(services, "2026-11-24 14:00", "2026-11-30")
    assert services.due(case) == "2026-12-04 14:00"
    done = services.at("2026-11-25 09:00").terminal.document("sup", "calendar", "resume")

    assert (done["cases"], done["notices"]) == (1, 1)
    assert [(one["case"], one["kind"]) for one in notices(services)] == [(case, "delay"), (case, "resumed")]
