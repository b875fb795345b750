"""A quality review moves nothing, is blind, and says how far two people agree."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests import tables
from tests.cli.framework.terminal import Terminal, refused
from tests.cli.quality.office import SAMPLE, differ_twice, pass_all, rows
from tests.languages import speaking
from tests.services.review.verdict_acts import decide, passing, take
from workbench.errors import ExitCode


@pytest.fixture
def decided(terminal: Terminal) -> Terminal:
    """Return an office in which a passed 36 cases, whose letters are released."""
    pass_all(terminal.site)
    return terminal


def opinions(terminal: Terminal, login: str) -> Iterator[str]:
    """Let a person read and pass all cases that are left but every sixth, which fails; yield their numbers."""
    while (shown := terminal.as_person(login, "quality", "review", "--json")).exit_code == 0:
        fails = int(json.loads(shown.stdout)["case"][2:]) % 6 == 0
        words = ("fail", "--reason", "USE-TRADE") if fails else ("pass", "--reason", "OK")
        yield terminal.document(login, "quality", "review", *words)["case"]
    assert "No sampled case" in refused(shown, ExitCode.UNAVAILABLE)


def test_opinions_are_compared_and_adjudicated_without_moving_anything(decided: Terminal) -> None:
    before = rows(decided.site)
    drawn = decided.document("sup", *SAMPLE, "--size", "99")
    assert (drawn["drawn"], drawn["left_out"]) == (36, {})
    assert set(drawn["strata"][0].items()) == {("stratum", "a, pass"), ("decisions", 36), ("drawn", 36)}

    # The maker is offered nothing, and each other reader what nobody else has read.
    assert list(opinions(decided, "a")) == []
    given = list(opinions(decided, "b"))
    assert len(given) == len(set(given)) == 36
    (sample,) = decided.document("sup", "quality", "list")["samples"]
    assert (sample["opinions"], sample["left"]) == (36, 0)
    assert list(opinions(decided, "c")) == []

    report = decided.document("sup", "quality", "report")
    assert report["verdicts"]["pairs"] == 36
    # Classes have their names, and no figure is below zero by rounding alone.
    printed = decided.as_person("sup", "quality", "report", "--lang", "zh").stdout
    assert "成对数" in printed
    assert {"审核员 a", "时限类别 标准", "月份 2026-11", "原因 USE-TRADE"} <= set(re.findall(r"\S+ \S+", printed))
    assert not {"standard", "-0.00"} & set(re.findall(r"[\w.-]+", printed))
    assert report["verdicts"]["raw"]["value"] == pytest.approx(30 / 36)
    assert report["verdicts"]["kappa"]["value"] == pytest.approx(0)
    assert report["reasons"]["USE-TRADE"]["raw"]["value"] == pytest.approx(30 / 36)
    assert report["jaccard"]["value"] == pytest.approx(30 / 36)
    assert (report["waiting"], len(report["differing"])) == (6, 6)

    # A reviewer sees the own adjudicated cases alone.
    assert decided.document("a", "quality", "report")["differing"] == []
    case = report["differing"][0]["case"]
    decided.document("sup", "quality", "adjudicate", case, "second", "--note", "the trade is forbidden")
    (own,) = decided.document("a", "quality", "report")["differing"]
    assert (own["case"], own["stands"], own["why"]) == (case, "second", "the trade is forbidden")
    assert decided.document("b", "quality", "report")["differing"] == []

    assert rows(decided.site) == before
    assert decided.as_person("sup", "audit", "verify").exit_code == 0


def test_the_same_seed_draws_the_same_cases_and_a_dry_run_none(decided: Terminal) -> None:
    trial = decided.document("sup", *SAMPLE, "--size", "10", "--dry-run")
    assert (trial["sample"], decided.document("sup", "quality", "list")["samples"]) == (None, [])
    for _turn in range(2):
        assert decided.document("sup", *SAMPLE, "--size", "10")["drawn"] == trial["drawn"] == 10
    sampled: dict[int, list[int]] = {1: [], 2: []}
    with tables.opened(decided.site.path) as connection:
        for row in connection.execute("SELECT sample_id, decision_id FROM sampled_decision ORDER BY id"):
            sampled[row["sample_id"]].append(row["decision_id"])
    assert sampled[1] == sampled[2]
    # By default, the policy's share is drawn, but at least five of each stratum.
    assert decided.document("sup", *SAMPLE)["drawn"] == 5


def test_open_cases_and_unusually_fast_decisions_are_told_apart(decided: Terminal) -> None:
    site = decided.site
    site.plant(2)
    case = take(site).header.id
    site.clock.advance(seconds=2)
    decide(site, passing(case))
    words = ("decide", "C-38", "pending", "--reason", "WAIT-CARRIER", "--until", "+5")
    assert decided.as_person("a", "next").exit_code == decided.as_person("a", *words).exit_code == 0
    found = decided.document("sup", *SAMPLE, "--size", "5", "--by", "verdict", "--dry-run")
    assert found["left_out"] == {"open": 1}
    assert {line["stratum"]: line["decisions"] for line in found["strata"]} == {"pass": 36, "fast": 1}
    with speaking("zh"):
        found = decided.document("sup", *SAMPLE, "--by", "审核员、风险,时限类别,province", "--dry-run")
    assert found["by"] == ["reviewer", "risk", "class", "province"]


def test_a_case_that_is_read_blindly_shows_neither_maker_nor_verdict(decided: Terminal) -> None:
    decided.document("sup", *SAMPLE)
    shown = decided.document("b", "quality", "review")
    assert "read" not in decided.site.actions(int(shown["case"][2:]))
    assert (shown["state"], shown["history"], shown["decisions"], shown["held_by"]) == ("in_review", [], [], None)
    assert '"a"' not in decided.as_person("b", "quality", "review", "--json").output
    listed = decided.document("b", "queue", "--filter", f"state:closed {shown['application_no']}")
    assert listed["cases"] == []
    assert decided.document("c", "queue", "--filter", f"state:closed {shown['application_no']}")["cases"] != []
    # Given back, it is as before; nobody else is offered a case that one has read.
    decided.document("b", "quality", "review", "--give-back")
    assert decided.as_person("b", "show", shown["case"]).exit_code == 0
    assert decided.document("b", "quality", "review")["case"] != shown["case"]
    # Nor is it offered to anybody who has read it since, and so knows its verdict.
    decided.document("c", "show", shown["case"])
    assert shown["case"] not in list(opinions(decided, "c"))


def test_wrong_periods_strata_and_reasons_are_told(decided: Terminal) -> None:
    for words, part in (
        (("--period", "2026-13"), "no period"),
        (("--period", "2026-11-31..2026-12-01"), "no period"),
        (("--period", "2025"), "no decisions"),
        (("--period", "2026", "--by", "mood"), "mood"),
        (("--period", "2026", "--size", "0"), "at least one"),
    ):
        assert part in refused(decided.as_person("sup", "quality", "sample", *words), ExitCode.USAGE)
    decided.document("sup", *SAMPLE)
    decided.document("b", "quality", "review")
    assert "reason" in refused(decided.as_person("b", "quality", "review", "pass"), ExitCode.USAGE)
    unknown = ("quality", "review", "pass", "--reason", "NO-SUCH")
    assert "NO-SUCH" in refused(decided.as_person("b", *unknown), ExitCode.NO_INPUT)


def test_golden_answers_are_mixed_in_beside_the_drawn_ones(decided: Terminal) -> None:
    decided.document(
        "sup", "quality", "golden", "C-9", "fail", "--reason", "USE-TRADE", "--note", "agreed in a meeting"
    )
    drawn = decided.document("sup", *SAMPLE)
    assert drawn["golden"] == 1
    with tables.opened(decided.site.path) as connection:
        sampled, golden = connection.execute("SELECT count(*), sum(is_golden) FROM sampled_decision").fetchone()
    assert golden == 1
    assert sampled in {5, 6}

    # The opinion on the golden case is compared with its right answer, with which the decision differs too.
    given = list(opinions(decided, "b"))
    report = decided.document("sup", "quality", "report")
    assert "C-000009" in given
    assert report["golden"] == {"opinions": 1, "right": 0}
    found = next(look for look in report["differing"] if look["case"] == "C-000009")
    assert (found["first"]["verdict"], found["second"]["verdict"]) == ("pass", "pass")
    assert found["right"] == {"verdict": "fail", "fail_kind": "fixable", "reasons": ["USE-TRADE"]}
    assert "0 of 1" in decided.as_person("sup", "quality", "report").stdout
    # Once the right answer is the opinion, whose reasons do not count if it names none, it is right.
    decided.document("sup", "quality", "golden", "C-9", "pass")
    report = decided.document("sup", "quality", "report")
    assert report["golden"] == {"opinions": 1, "right": 1}
    assert "C-000009" not in {look["case"] for look in report["differing"]}


def test_of_two_decisions_of_a_case_the_named_one_is_adjudicated(terminal: Terminal) -> None:
    differ_twice(terminal.site)
    assert "C-000001 (D-000002)" in terminal.as_person("sup", "quality", "report").stdout
    words = ("quality", "adjudicate", "C-1", "second", "--note", "x")
    candidates = "2 differing opinions match. Name one of these with --decision and --sample: {}."
    told = refused(terminal.as_person("sup", *words), ExitCode.USAGE)
    assert candidates.format("D-000001 (sample 1), D-000002 (sample 1)") in told
    done = terminal.as_person("sup", *words, "--decision", "D-2")
    assert "C-000001, D-000002: the second opinion stands" in done.output
    # Given again, it does not take the other one; of a decision in two samples, the sample says which is meant.
    told = refused(terminal.as_person("sup", *words), ExitCode.USAGE)
    assert candidates.format("D-000001 (sample 1)") in told
    for wrong in (("--decision", "D-2"), ("--sample", "2")):
        assert "No differing opinions" in refused(terminal.as_person("sup", *words, *wrong), ExitCode.NO_INPUT)
    looks = terminal.document("sup", "quality", "report")["differing"]
    assert [(look["decision"], look["stands"]) for look in looks] == [("D-000001", None), ("D-000002", "second")]


def test_periods_begin_and_end_at_midnight_of_the_office(decided: Terminal) -> None:
    day = decided.site.clock.at.date()
    for period, found in ((f"{day}..{day}", True), (f"{day + timedelta(1)}..{day + timedelta(2)}", False)):
        result = decided.as_person("sup", "quality", "sample", "--period", period, "--dry-run")
        assert (result.exit_code == 0) is found, result.output
