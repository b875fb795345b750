"""Campaigns review passed cases again after a change of policy, some each working day."""

from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.cli.framework.terminal import Terminal, refused
from tests.clock_site import ClockSite, local
from tests.proofs.racing import open_for_race, run_concurrently
from tests.sizes import sized

WHY = ("--reason", "the limit was raised")


@pytest.fixture
def services(site: Any) -> ClockSite:
    return ClockSite(site).at("2026-11-25 10:00")


def passed(services: ClockSite, count: int) -> list[str]:
    """Plant passed cases whose applicants have a registered capital of 600,000 yuan; they are C-1 and so on."""
    ids = services.site.plant(count)
    with services.site.services("admin").context.write() as session:
        session.execute(text("UPDATE \"case\" SET state = 'passed'"))
        session.execute(text("UPDATE application SET registered_capital_fen = 60000000"))
    return [f"C-{number:06}" for number in ids]


def campaign(services: ClockSite, *words: str) -> Any:
    return services.terminal.document("admin", "policy", "campaign", *words)


def progress(services: ClockSite, number: int = 1) -> Any:
    return services.terminal.document("audit", "policy", "campaign", "show", str(number))


def tick(services: ClockSite, at: str) -> int:
    return int(services.at(at).terminal.document("audit", "tick")["opened"])


def queued(services: ClockSite) -> list[str]:
    return [row["case"] for row in services.terminal.document("sup", "queue", "--filter", "state:queued")["cases"]]


def test_a_case_to_open_again_leaves_the_list_while_its_re_review_is_open(services: ClockSite) -> None:
    [case, other] = passed(services, 2)
    with services.site.services("admin").context.write() as session:
        session.execute(text("UPDATE \"case\" SET reopen_for = 'ID-RIC'"))

    def to_open_again() -> list[str]:
        found = services.terminal.document("sup", "queue", "--filter", "attention:reopen")
        return [row["case"] for row in found["cases"]]

    assert to_open_again() == [case, other]
    campaign(services, "--filter", "attention:reopen", "--per-day", "1", *WHY)
    [re_review] = queued(services)
    assert to_open_again() == [other]
    assert re_review in refused(services.terminal.as_person("sup", "reopen", case, "--reason", "x"), 77)
    sup = services.site.services("sup")
    assert re_review in sup.reopening.why_not(1)
    assert f"reviewed again as {re_review} (queued)" in services.terminal.as_person("sup", "show", case).output
    origin = f"re-review of {case}, passed ? (campaign 1: the limit was raised)"
    assert origin in services.terminal.as_person("sup", "show", re_review).output
    services.run("sup", "withdraw", re_review, "--reason", "x")
    assert to_open_again() == [case, other]
    services.run("sup", "reopen", case, "--reason", "x")
    assert (to_open_again(), queued(services)) == ([other], [case])


def test_a_rule_of_the_policy_in_force_chooses_the_cases(services: ClockSite, tmp_path: Path) -> None:
    passed(services, 3)
    with services.site.services("admin").context.write() as session:
        session.execute(text("UPDATE application SET registered_capital_fen = 90000000 WHERE id = 3"))
    words = ("--rule", "id-capital", "--per-day", "1", *WHY)
    assert campaign(services, *words, "--dry-run")["chosen"] == 0
    assert "nothing to review" in refused(services.terminal.as_person("admin", "policy", "campaign", *words), 77)

    policy = tmp_path / "policy.toml"
    in_force = services.terminal.document("admin", "policy", "show", "--toml")["toml"]
    policy.write_text(in_force.replace("value = 50_000_000", "value = 80_000_000"), encoding="utf-8")
    services.run("admin", "policy", "apply", str(policy))
    plan = campaign(services, *words, "--dry-run")

    assert plan == {
        "campaign": None,
        "passed": 3,
        "in_review": 0,
        "chosen": 2,
        "by_rule": {"ID-CAPITAL": 2},
        "first_on": "2026-11-25",
        "last_on": "2026-11-26",
        "opened": 0,
    }
    assert queued(services) == []
    assert campaign(services, *words)["opened"] == 1
    [case] = queued(services)
    shown = services.terminal.document("a", "show", case)
    assert (shown["policy_version"], shown["trigger"], shown["application_no"]) == (2, "policy", "T-1-1")
    assert "ID-CAPITAL" in {finding["rule"] for finding in shown["findings"]}


def test_some_are_opened_each_working_day_and_the_applicant_is_told(services: ClockSite) -> None:
    [first, *_others] = passed(services, 5)
    plan = campaign(services, "--filter", "kind:enterprise", "--per-day", "2", *WHY)
    # Wednesday, Thursday, Friday.
    assert (plan["campaign"], plan["opened"], plan["last_on"]) == (1, 2, "2026-11-27")

    assert tick(services, "2026-11-25 17:00") == 0
    assert [tick(services, f"2026-11-{day} 09:00") for day in (26, 26)] == [2, 0]
    assert progress(services) | {"started_at": None} == {
        "campaign": 1,
        "policy": 1,
        "reason": WHY[1],
        "filter": "kind:enterprise",
        "rules": [],
        "per_day": 2,
        "started_at": None,
        "started_by": "admin",
        "stopped_at": None,
        "stopped_by": None,
        "stop_reason": None,
        "planned": 5,
        "opened": 4,
        "decided": {"pass": 0, "fail": 0, "pending": 0, "withdrawn": 0},
        "in_review": 4,
        "skipped": 0,
        "dropped": 0,
        "left": 1,
        "last_on": "2026-11-27",
    }
    assert tick(services, "2026-11-28 09:00") == 0, "a Saturday"
    assert tick(services, "2026-11-30 09:00") == 1
    dues = [services.due(case) for case in queued(services)]
    assert dues == ["2026-11-30 18:00", "2026-11-30 18:00", "2026-12-01 18:00", "2026-12-01 18:00", "2026-12-03 18:00"]
    assert services.site.state(1) == "passed"
    letters = services.terminal.document("a", "notices")["notices"]
    assert [letter["kind"] for letter in letters] == ["re-review"] * 5
    assert "原审核结论继续有效" in letters[0]["body"]
    assert "2026年11月30日" in letters[0]["body"]
    assert "the limit was raised" in letters[0]["body"]
    assert "缺少：营业执照副本" in letters[0]["body"]
    assert services.site.actions(1) == ["campaign"]
    assert "re-review  C-000006 the limit was raised" in services.terminal.as_person("a", "show", first).stdout


def test_the_verdicts_are_counted_and_a_stop_drops_the_rest(services: ClockSite) -> None:
    passed(services, 5)
    campaign(services, "--filter", "kind:enterprise", "--per-day", "3", *WHY)
    for words in (("fail", "--reason", "ACT-PEAK-HOUR"), ("pending", "--reason", "WAIT-CARRIER")):
        case = services.terminal.document("a", "next")["case"]
        services.run("a", "decide", case, *words)
    refused(services.terminal.as_person("sup", "policy", "campaign", "stop", "1", "--reason", "x"), 77)

    stopped = campaign(services, "stop", "1", "--reason", "enough is known")

    assert stopped["decided"] == {"pass": 0, "fail": 1, "pending": 1, "withdrawn": 0}
    assert (stopped["in_review"], stopped["dropped"], stopped["left"], stopped["last_on"]) == (1, 2, 0, None)
    assert (stopped["stopped_by"], stopped["stop_reason"]) == ("admin", "enough is known")
    shown = " ".join(services.terminal.as_person("audit", "policy", "campaign", "show", "1").output.split())
    started = "Started 2026-11-25 10:00 by admin Filter kind:enterprise Policy 1 Each working day 3"
    assert f"{started} Stopped 2026-11-25 10:00 by admin: enough is known" in shown
    assert tick(services, "2026-11-26 09:00") == 0
    assert "stopped already" in refused(
        services.terminal.as_person("admin", "policy", "campaign", "stop", "1", "--reason", "x"), 77
    )
    # Only the cases that were dropped may be chosen again.
    plan = campaign(services, "--filter", "kind:enterprise", *WHY, "--dry-run")
    assert (plan["passed"], plan["in_review"], plan["chosen"]) == (5, 3, 2)


def test_a_case_is_in_one_campaign_and_skipped_if_it_is_no_longer_passed(services: ClockSite) -> None:
    passed(services, 3)
    words = ("admin", "policy", "campaign", "--filter", "kind:enterprise", "--per-day", "1", *WHY)
    assert services.terminal.as_person(*words).stderr.endswith("Campaign 1 is started; 1 cases are open now.\n")
    assert services.terminal.as_person(*words, "--dry-run").stderr.endswith("Chosen: 0. Nothing was written.\n")
    with services.site.services("admin").context.write() as session:
        session.execute(text("UPDATE \"case\" SET state = 'queued' WHERE id = 2"))

    assert tick(services, "2026-11-26 09:00") == 0
    assert tick(services, "2026-11-27 09:00") == 1
    found = progress(services)
    assert (found["opened"], found["skipped"], found["left"]) == (2, 1, 0)


def test_days_without_a_tick_are_not_made_up_for_at_once(services: ClockSite) -> None:
    passed(services, 3)
    campaign(services, "--filter", "kind:enterprise", "--per-day", "1", *WHY)

    assert [tick(services, f"2026-11-30 {hour}:00") for hour in ("09", "17")] == [1, 0]
    assert progress(services)["last_on"] == "2026-12-01"
    assert tick(services, "2026-12-01 09:00") == 1


_WRONG: tuple[tuple[tuple[str, ...], str, int], ...] = (
    (("--per-day", "1", *WHY), "--rule CODE or --filter F", 2),
    (("--rule", "NO-RULE", *WHY), "no rule NO-RULE", 2),
    (("--filter", "kind:enterprise"), "which the applicants read", 2),
    (("--filter", "nonsense:1", *WHY), "nonsense", 2),
    (("show", "7"), "no campaign 7", 66),
    (("stop", "7", "--reason", "x"), "no campaign 7", 66),
)


def test_a_wrong_request_is_refused_in_one_sentence(terminal: Terminal) -> None:
    for words, told, code in _WRONG:
        assert told in refused(terminal.as_person("admin", "policy", "campaign", *words), code)
    for login in ("sup", "a", "audit"):
        refused(terminal.as_person(login, "policy", "campaign", "--filter", "kind:enterprise", *WHY), 77)


def tick_at_once(path: Path, at: str, barrier: Barrier, queue: Any) -> None:
    """Tick at the same moment as the other processes, and put the number of opened re-reviews into the queue."""
    services = open_for_race(path, "a", local(at))
    barrier.wait()
    queue.put(services.ticking.tick().opened)
    services.close()


@pytest.mark.proof
def test_parallel_ticks_open_each_case_of_a_day_once(services: ClockSite) -> None:
    count = sized(ci=6, full=60)
    passed(services, 2 * count)
    services.at("2026-11-28 10:00")
    assert campaign(services, "--filter", "kind:enterprise", "--per-day", str(count), *WHY)["opened"] == 0
    workers: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (tick_at_once, (services.site.path, "2026-11-30 09:00")) for _process in range(3)
    ]

    assert sum(run_concurrently(workers)) == count

    services.at("2026-11-30 10:00")
    assert len(queued(services)) == count
    assert progress(services)["left"] == count
    assert len(services.terminal.document("a", "notices")["notices"]) == count


def test_a_number_in_the_filter_of_a_campaign_is_masked(services: ClockSite) -> None:
    passed(services, 1)
    campaign(services, "--filter", "kind:enterprise -13800138000", *WHY)

    assert progress(services)["filter"] == "kind:enterprise -138••••••00"
    shown = services.terminal.as_person("a", "policy", "campaign", "show", "1").stdout
    assert "138••••••00" in shown
    assert "13800138000" not in shown
