"""The commands that take, show, decide and hand over cases."""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from db.queries.search_index import index_cases, terms_of
from tests.cli.framework.terminal import Terminal, refused
from tests.services.intake.importing.files import Desk
from tests.sites import Site

CASE_KEYS = (
    "case",
    "application_no",
    "agent",
    "state",
    "round",
    "priority",
    "service_class",
    "due_at",
    "due_provisional",
    "held_by",
    "held_until",
    "fence",
    "findings",
    "identity",
    "activity",
    "credit",
    "documents",
    "history",
    "risk",
)
ACTIVITY_KEYS = (
    "calls",
    "answered",
    "distinct_callees",
    "mean_duration_s",
    "short_call_ratio",
    "peak_hour_calls",
    "peak_day_calls",
    "off_hours_calls",
    "max_same_callee_day",
    "handsets",
    "complaints",
    "window_from",
    "window_to",
    "cards",
    "max_same_callee_5min",
    "max_same_callee_window",
    "opt_out_calls",
    "off_hours_ratio",
    "answer_ratio",
)


def test_next_prints_the_case_with_the_promised_keys(terminal: Terminal) -> None:
    terminal.site.plant(1, severity="block")

    case = terminal.document("a", "next")

    assert [key for key in CASE_KEYS if key not in case] == []
    assert [key for key in ACTIVITY_KEYS if key not in case["activity"]] == []
    assert {"arrears_fen", "overdue_days", "records"} <= case["credit"].keys()
    assert {"rule", "severity", "observed", "op", "limit", "unit"} <= case["findings"][0].keys()
    assert case["case"] == "C-000001"
    assert case["held_by"] == "a"
    assert case["held_until"] == "2026-11-24T10:30:00+08:00"
    assert case["fence"] == 1


@pytest.mark.promise("D10")
def test_an_empty_queue_exits_with_69_and_gives_the_cause_as_json(terminal: Terminal) -> None:
    result = terminal.as_person("a", "next", "--json")

    assert "empty" in refused(result, 69, json_failure=True)
    assert json.loads(result.stdout) == {
        "case": None,
        "empty": {"kind": "none", "count": 0, "limit": None, "held": [], "assigned": []},
    }

    terminal.site.plant(1)
    terminal.document("b", "next")
    result = terminal.as_person("a", "next", "--json")
    empty = json.loads(result.stdout)["empty"]
    assert empty["kind"] == "held"
    assert empty["held"] == [{"by": "b", "until": "2026-11-24T10:30:00+08:00"}]
    assert "held by others: b until Tue 24 Nov 10:30." in result.stderr

    terminal.document(
        "sup", "assign", *[f"C-{case}" for case in terminal.site.plant(2)], "--to", "c", "--reason", "hers"
    )
    result = terminal.as_person("a", "next", "--json")
    assert json.loads(result.stdout)["empty"]["assigned"] == [{"to": "c", "cases": 2, "away": False}]
    assert "10:30. Others: 2 assigned to c." in result.stderr


def test_show_has_the_names_and_values_of_fields_in_words(site: Site, tmp_path: Path) -> None:
    Desk(site, tmp_path).queued()
    terminal = Terminal(site)
    terminal.document("a", "next")
    terminal.document("a", "verify", "C-1", "phone", "--result", "he answered")
    terminal.document("a", "decide", "C-1", "fail", "--reason", "ID-NAME")
    shown = terminal.document("a", "show", "C-1")
    names = {*shown["identity"], *shown["activity"], *shown["credit"], *shown["documents"][0]}
    expected = {
        "en": ("kind of applicant", "enterprise", "received at", "business licence", "in effect", "Cards\nnumber"),
        "zh": ("申请人类型", "企业", "收到时间", "营业执照副本", "已生效", "身份证", "号码卡\n号码"),
    }
    verified = {"en": "by phone: he answered (a)", "zh": "电话核实：he answered（a）"}

    for language, words in expected.items():
        for at in ((), ("--at", "D-1")):
            text = terminal.as_person("a", "show", "C-1", *at, "--lang", language).stdout
            assert [name for name in names if "_" in name and name in text] == []
            assert "BIZ_LICENSE" not in text
            assert "2026-11" not in text
            assert [word for word in words if word not in text] == []
        assert verified[language] in text


@pytest.mark.promise("P8", "N4")
def test_identity_is_masked_unless_revealed_and_revealing_is_logged(terminal: Terminal) -> None:
    terminal.site.plant(1)

    masked = terminal.document("a", "show", "c-1")["identity"]
    whole = terminal.document("a", "show", "C-000001", "--reveal")["identity"]

    assert masked["handler_id_no"] == "1•••••••••••••••1X"
    assert masked["handler_name"] == "测••"
    assert masked["applicant_name"] == "虚构公司1"
    assert whole["handler_id_no"] == "11010119900101001X"
    assert terminal.site.actions(1) == ["read", "reveal"]
    assert terminal.document("audit", "show", "C-1")["case"] == "C-000001"
    refused(terminal.as_person("audit", "show", "C-1", "--reveal", "--json"), 77)
    refused(terminal.as_person("audit", "next", "--json"), 77)


@pytest.mark.promise("D10")
def test_an_unknown_case_exits_with_66(terminal: Terminal) -> None:
    for words in (
        ("show",),
        ("decide", "pass"),
        ("release",),
        ("undo",),
        ("explain",),
        ("clock",),
    ):
        command, *more = words

        assert "C-000099" in refused(terminal.as_person("a", command, "C-99", *more, "--json"), 66)


def test_commands_that_read_find_a_case_by_any_number_or_its_handler(terminal: Terminal) -> None:
    terminal.site.plant(12)
    terminal.document("a", "withdraw", "C-2", "--reason", "he said so")

    for words in ("C-2", "2", "t-1-2", "司2"):
        assert terminal.document("a", "show", words)["case"] == "C-000002"
    for command in ("explain", "clock", "forecast"):
        assert terminal.document("a", command, "T-1-3")["case"] == "C-000003"

    result = terminal.as_person("a", "show", "测试人", "--json")
    assert "means 12 cases" in refused(result, 2, json_failure=True)
    assert [row["case"] for row in json.loads(result.stdout)["cases"]] == [
        f"C-{number:06}" for number in (1, *range(3, 13), 2)
    ]
    assert "虚构公司1" in terminal.as_person("a", "notices", "T-1").stdout

    # The number of one case is the number of the application of another.
    with terminal.site.services("a").context.write() as session:
        session.execute(text("""UPDATE "case" SET application_no = 'HB-002' WHERE id = 9"""))
        index_cases(session, [{**terms_of("虚构公司9", "HB-002"), "id": 9}])
    result = terminal.as_person("a", "show", "2", "--json")
    assert "means 2 cases" in refused(result, 2, json_failure=True)
    assert {row["application_no"] for row in json.loads(result.stdout)["cases"]} == {"T-1-2", "HB-002"}

    # A part of a handler's name would reveal it character by character.
    assert "whole name" in refused(terminal.as_person("a", "show", "测试"), 66)
    for words in ("司2", "虚构公司", "0"):
        assert "No case has" in refused(terminal.as_person("a", "show", words, "--reveal"), 66)
    for words in ("t-1-2", "虚构公司2"):
        assert terminal.document("a", "show", words, "--reveal")["case"] == "C-000002"


def test_commands_that_act_take_a_case_only_by_its_case_number(terminal: Terminal, tmp_path: Path) -> None:
    terminal.site.plant(1)
    for words in (("take", "T-1-1", "--reason", "x"), ("release", "1"), ("undo", "测试人")):
        assert "C-000123" in refused(terminal.as_person("a", *words), 66)
    for command in ("documents 司1 --to", "dossier T-1-1 --reveal --reason x --output"):
        assert "C-000123" in refused(terminal.as_person("sup", *command.split(), str(tmp_path / "folder")), 66)


@pytest.mark.promise("D10")
def test_deciding_exits_with_75_if_another_holds_the_case_or_the_fence_is_old_and_77_if_nobody_holds_it(
    terminal: Terminal,
) -> None:
    terminal.site.plant(1)

    refused(terminal.as_person("a", "decide", "C-1", "pass", "--reason", "OK", "--json"), 77)
    terminal.document("b", "next")
    assert "b" in refused(terminal.as_person("a", "decide", "C-1", "pass", "--reason", "OK", "--json"), 75)
    terminal.document("b", "release", "C-1")
    terminal.document("b", "next")
    words = ("decide", "C-1", "pass", "--reason", "OK", "--fence", "1")
    refused(terminal.as_person("b", *words), 75)


def test_decide_prints_its_result_and_undo_reverts_it(terminal: Terminal) -> None:
    terminal.site.plant(1)
    terminal.document("a", "next")

    decided = terminal.document("a", "decide", "C-1", "pass", "--reason", "ok")
    back = terminal.document("a", "undo", "C-1")

    assert {key: decided[key] for key in ("case", "decision", "verdict", "state", "release_at")} == {
        "case": "C-000001",
        "decision": "D-000001",
        "verdict": "pass",
        "state": "passed",
        "release_at": "2026-11-24T10:01:00+08:00",
    }
    assert "C-000001" in decided["notice"]
    assert "可继续使用。贵公司无需办理任何手续。" in decided["notice"]
    assert (back["state"], back["held_by"], back["fence"]) == ("in_review", "a", 2)


def test_the_queue_lists_open_cases_with_the_promised_keys(terminal: Terminal) -> None:
    terminal.site.plant(3)
    terminal.document("b", "next")

    queue = terminal.document("audit", "queue", "--limit", "2")

    assert queue["total"] == 3
    assert len(queue["cases"]) == 2
    for key in ("case", "application_no", "applicant_name", "state", "priority", "due_at", "assignee", "held_by"):
        assert key in queue["cases"][0]
    assert datetime.fromisoformat(queue["cases"][0]["due_at"]).utcoffset() is not None


def test_a_filter_is_spread_after_a_dry_run_with_an_outcome_for_each_case_and_undone_as_one(terminal: Terminal) -> None:
    cases = [f"C-{number:06}" for number in terminal.site.plant(5)]
    hers = ("assign", *cases[:4], "--to", "a", "--reason", "hers")
    refused(terminal.as_person("a", *hers, "--json"), 77)
    refused(terminal.as_person("sup", "assign", cases[0], "--to", "nobody", "--reason", "x", "--json"), 66)
    assert terminal.document("sup", *hers)["assigned"][0] == {"case": cases[0], "to": "a", "from": None}
    held = terminal.document("a", "next")["case"]
    spread = ("assign", "--filter", "owner:a", "--spread")

    planned = terminal.document("sup", *spread, "--dry-run")
    done = terminal.document("sup", *spread, "--reason", "ill")

    assert planned == {**done, "dry_run": True}
    assert {one["case"]: (one["outcome"], one["from"], one["why"]) for one in done["cases"]} == dict.fromkeys(
        cases[:4], ("moved", "a", None)
    )
    assert sorted(Counter(one["to"] for one in done["cases"]).values()) == [1, 1, 2]
    taker = next(one["to"] for one in done["cases"] if one["case"] == held)
    taken = terminal.document(taker, "next")["case"]
    undone = terminal.document("sup", "undo", next(case for case in cases[:4] if case != taken))
    assert {one["case"]: one["outcome"] for one in undone["cases"]} == {
        case: "left" if case == taken else "undone" for case in cases[:4]
    }
    assert f"Somebody acted on {taken} since" in next(one["why"] for one in undone["cases"] if one["case"] == taken)
    assert terminal.document("sup", "queue", "--filter", "owner:a")["total"] == 3
    terminal.document("sup", "reviewers", "away", "a")
    told = terminal.as_person("sup", "assign", cases[4], "--to", "a", "--reason", "hers").stderr
    assert told == f"{cases[4]} is assigned to a.\nAssigned to a, who is away; offered to everybody.\n"


_WRONG_ASSIGNMENTS: tuple[tuple[tuple[str, ...], int], ...] = (
    (("C-000001", "--reason", "x"), 2),
    (("C-000001", "--to", "b", "--spread", "--reason", "x"), 2),
    (("--to", "b", "--reason", "x"), 2),
    (("C-000001", "--filter", "owner:a", "--to", "b", "--reason", "x"), 2),
    (("C-000001", "--spread"), 2),
    (("--filter", "nonsense:1", "--spread", "--dry-run"), 2),
    (("--filter", "owner:b", "--spread", "--dry-run"), 69),
    (("--filter", "state:withdrawn", "--to", "b", "--reason", "x"), 77),
)


def test_assign_takes_cases_or_a_filter_and_a_person_or_spreading(terminal: Terminal) -> None:
    terminal.site.plant(2)
    terminal.site.services("a").remarks.withdraw(2, "by the applicant")
    for words, code in _WRONG_ASSIGNMENTS:
        result = terminal.as_person("sup", "assign", *words)
        assert (result.exit_code, "Traceback" in result.stderr) == (code, False), words
