"""Measures are ordered per number, carried out from a work list, and lifted by a pass."""

import csv
import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.cli.files.test_work_lists import REVEAL
from tests.cli.framework.terminal import Terminal, refused
from tests.cli.site.retention_store import PERIODS
from tests.policies import amend_policy
from workbench.services.review.measures import work_list as work_lists

BAR = ("fail", "--reason", "ACT-PEAK-HOUR", "--measure", "bar-out")
ONE, TWO = "13800138001", "13800138002"


@pytest.fixture
def case(terminal: Terminal) -> str:
    """A queued case with two numbers."""
    (number,) = terminal.site.plant()
    with terminal.site.services("admin").context.write() as session:
        session.execute(text("UPDATE application SET msisdns = :numbers"), {"numbers": f"{ONE};{TWO}"})
    return f"C-{number:06}"


def decide(terminal: Terminal, case: str, *words: str) -> Any:
    """Decide a case, and let the verdict be released unless it waits for its check."""
    assert terminal.document("a", "next")["case"] == case
    return terminal.document("a", "decide", case, *words)


def bar(terminal: Terminal, case: str) -> None:
    """Fail a case with a bar, which is released."""
    decide(terminal, case, *BAR)
    terminal.site.clock.advance(minutes=1)


def lift(terminal: Terminal, case: str, *words: str) -> str:
    """Pass a resubmitted case, and return the notice of the approved pass."""
    terminal.document("a", "resubmit", case)
    assert decide(terminal, case, "pass", "--reason", "OK", *words)["check_for"] == ["restore"]
    return str(terminal.document("b", "check", case, "approve", "--note", "seen")["notice"])


def work_list(terminal: Terminal, path: Path, *words: str) -> list[dict[str, str]]:
    terminal.document("sup", "export", "measures", "--output", str(path), *(words or REVEAL))
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def listed(terminal: Terminal, *words: str) -> list[tuple[str, str, str]]:
    """Return the number, the measure and the status of each order."""
    orders = terminal.document("audit", "measures", "list", *words)["measures"]
    return [(order["msisdn"], order["measure"], order["status"]) for order in orders]


def report(terminal: Terminal, tmp_path: Path, *lines: str) -> Any:
    file = tmp_path / "done.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return terminal.document("sup", "measures", "done", str(file))


def test_an_order_that_is_on_no_work_list_is_not_marked_as_exported(
    terminal: Terminal, case: str, tmp_path: Path
) -> None:
    bar(terminal, case)
    for file, *more in (("list.txt",), ("list.csv", "--since", "2030-01-01")):
        terminal.as_person("sup", "export", "measures", "--output", str(tmp_path / file), *more, *REVEAL)

    assert {order["exported_at"] for order in terminal.document("sup", "measures", "list")["measures"]} == {None}


def test_a_bar_is_on_the_work_list_once_it_is_released_and_off_once_it_is_confirmed(
    terminal: Terminal, case: str, tmp_path: Path
) -> None:
    decide(terminal, case, *BAR)
    assert work_list(terminal, tmp_path / "early.csv") == []
    assert "not released" in refused(terminal.as_person("sup", "measures", "done", write(tmp_path, "1")), 65)

    terminal.site.clock.advance(minutes=1)
    rows = work_list(terminal, tmp_path / "list.csv")
    assert [(row["msisdn"], row["measure"], row["due_at"], row["overdue"], row["case"]) for row in rows] == [
        (number, "bar-out", "2026-11-25T18:00:00+08:00", "no", case) for number in (ONE, TWO)
    ]
    terminal.site.clock.advance(hours=1)
    counts = report(terminal, tmp_path, "order,done_at,failure", "1,2026-11-24 10:30,", "2,,no answer from 13800138002")

    assert counts == counted(done=1, failed=1)
    [first, second] = terminal.document("a", "show", case)["measures"]
    assert (first["status"], first["done_at"], first["reported_by"]) == ("done", "2026-11-24T10:30:00+08:00", "sup")
    assert (second["status"], second["failure"]) == ("failed", "no answer from 138••••••02")
    report(terminal, tmp_path, "order,failure", "2,no answer from 13800138002")
    assert terminal.site.actions(1).count("measures done") == 1
    assert [row["order"] for row in work_list(terminal, tmp_path / "rest.csv")] == ["2"]
    assert report(terminal, tmp_path, "1", "2") == counted(done=1, already_done=1)
    assert listed(terminal, "--owed") == []
    shown = terminal.as_person("a", "show", case).stdout
    assert "Outbound barred since Tue 24 Nov 10:30, ordered Tue 24 Nov 10:00 (1 number)" in shown
    assert "measure reported  bar outbound carried out (1), bar outbound not carried out (1)" in shown


def counted(**counts: int) -> dict[str, int]:
    return {"done": 0, "already_done": 0, "failed": 0, "unanswered": 0, **counts}


def write(tmp_path: Path, *lines: str, name: str = "report.csv") -> str:
    file = tmp_path / name
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file)


def test_a_pass_after_a_confirmed_bar_owes_the_restoring_until_it_is_confirmed(
    terminal: Terminal, case: str, tmp_path: Path
) -> None:
    bar(terminal, case)
    report(terminal, tmp_path, "1", "2")
    notice = lift(terminal, case)
    assert "对下列号码的限制措施自即日起解除：138••••••01、138••••••02（限呼，共2个）。" in notice
    assert "呼入" not in notice
    assert listed(terminal, "--owed") == []

    terminal.site.clock.advance(minutes=1)
    rows = work_list(terminal, tmp_path / "restore.csv")
    assert [(row["msisdn"], row["measure"], row["due_at"]) for row in rows] == [
        (number, "restore", "2026-11-25T10:02:00+08:00") for number in (ONE, TWO)
    ]
    terminal.site.clock.advance(days=1, seconds=1)
    assert len(listed(terminal, "--overdue")) == 2
    assert terminal.site.services("sup").queue.counts().measures_overdue == 2
    assert terminal.site.services("a").queue.counts().measures_overdue == 0
    report(terminal, tmp_path, *(row["order"] for row in rows))
    assert listed(terminal, "--owed") == []
    assert terminal.site.services("sup").queue.counts().measures_overdue == 0


def test_a_report_that_is_interrupted_says_how_far_it_came_and_can_be_repeated(
    terminal: Terminal, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portions, record = count(), work_lists.Measures._record

    def record_once(self: work_lists.Measures, *arguments: Any) -> Any:
        if next(portions):
            raise KeyboardInterrupt
        return record(self, *arguments)

    bar(terminal, case)
    file = tmp_path / "done"
    file.write_text("1\n2\n", encoding="utf-8")
    monkeypatch.setattr(work_lists, "_RECORDED_TOGETHER", 1)
    with monkeypatch.context() as interrupting:
        interrupting.setattr(work_lists.Measures, "_record", record_once)
        stopped = terminal.as_person("sup", "measures", "done", str(file))

    assert stopped.exit_code == 130
    assert "Carried out: 1." in stopped.output
    assert "Interrupted: at least 1 of 2 entries are recorded. Run the command again" in stopped.stderr
    again = terminal.document("sup", "measures", "done", str(file))
    assert (again["done"], again["already_done"]) == (1, 1)


def test_a_later_bar_takes_the_place_of_one_that_was_not_carried_out(
    terminal: Terminal, case: str, tmp_path: Path
) -> None:
    bar(terminal, case)
    report(terminal, tmp_path, "1")
    terminal.document("a", "resubmit", case)
    decide(terminal, case, *BAR[:-1], "bar-both")

    both = [("138••••••01", "bar-both", "unreleased"), ("138••••••02", "bar-both", "unreleased")]
    first = ("138••••••01", "bar-out", "done")
    assert listed(terminal) == [first, ("138••••••02", "bar-out", "cancelled"), *both]
    terminal.document("a", "undo", case)
    assert listed(terminal)[:2] == [first, ("138••••••02", "bar-out", "owed")]


def test_a_bar_on_an_exported_list_is_restored_though_nobody_confirmed_it(
    terminal: Terminal, case: str, tmp_path: Path
) -> None:
    bar(terminal, case)
    masked = work_list(terminal, tmp_path / "masked.csv", "--format", "csv")
    assert [row["msisdn"] for row in masked] == ["138••••••01", "138••••••02"]
    rows = work_list(terminal, tmp_path / "list.csv")
    report(terminal, tmp_path, "order,failure", f"{rows[1]['order']},the number is ported")
    lift(terminal, case, "--measure", "restore")
    terminal.site.clock.advance(minutes=1)

    assert listed(terminal) == [
        ("138••••••01", "bar-out", "cancelled"),
        ("138••••••02", "bar-out", "cancelled"),
        ("138••••••01", "restore", "owed"),
        ("138••••••02", "restore", "owed"),
    ]


def test_a_case_without_a_number_is_on_the_work_list_too(terminal: Terminal, tmp_path: Path) -> None:
    (number,) = terminal.site.plant()
    bar(terminal, f"C-{number:06}")

    [row] = work_list(terminal, tmp_path / "list.csv")

    assert (row["msisdn"], row["case"]) == ("", f"C-{number:06}")


def test_a_verdict_whose_measure_was_carried_out_is_not_undone(terminal: Terminal, case: str, tmp_path: Path) -> None:
    bar(terminal, case)
    report(terminal, tmp_path, "1")
    terminal.site.clock.advance(minutes=-1)

    assert "carried out" in refused(terminal.as_person("a", "undo", case), 77)


_WRONG_FILES = (
    (("9",), "line 1, column order: There is no order 9"),
    (("order,done_at", "1,", "2,"), "No order has an answer"),
    (("order", "1"), "No order has an answer"),
    (("order,done_at,failed", "1,2026-11-24 10:00,x"), "line 2, column failed: is no column of the work list"),
    (("order,failed_at", "1,2026-11-24 10:00"), "line 2, column failure: needs the cause"),
    (("order,done_at,failure", "1,2026-11-24 10:00,ported"), "Order 1 is given as done and as failed"),
    (("order,msisdn,done_at", f"1,{TWO},2026-11-24 10:00"), "Order 1 is about another number"),
    (("order,measure,done_at", "1,restore,2026-11-24 10:00"), "Order 1 is about another number or measure"),
    (("order,done_at", "1,2026-11-30 10:00"), "line 2, column done_at: “2026-11-30 10:00” is in the future"),
    (("order,done_at", "1,2026-11-23"), "line 2, column order: Order 1 is of 2026-11-24, which is later"),
    (("order,failure", "1,ported", "1,"), "line 3, column order: Order 1 is reported differently on line 2"),
    (("number", "1"), "line 1, column order: needs the number of an order"),
    (('{"order": 1}', '{"order": "x"}'), "line 2, column order: needs the number of an order"),
    (("order", ""), "The file names no order"),
)


def test_a_file_with_a_wrong_line_confirms_nothing(terminal: Terminal, case: str, tmp_path: Path) -> None:
    bar(terminal, case)
    for lines, told in _WRONG_FILES:
        name = "report.jsonl" if lines[0].startswith("{") else "report.csv"
        assert told in refused(terminal.as_person("sup", "measures", "done", write(tmp_path, *lines, name=name)), 65)
    assert [status for _number, _measure, status in listed(terminal)] == ["owed", "owed"]


def test_a_work_list_that_comes_back_confirms_only_what_was_filled_in(
    terminal: Terminal, case: str, tmp_path: Path
) -> None:
    bar(terminal, case)
    report(terminal, tmp_path, "order,failure", "2,no answer")
    terminal.site.clock.advance(minutes=1)
    for suffix in ("xlsx", "jsonl", "csv"):
        path = tmp_path / f"list.{suffix}"
        terminal.document("admin", "export", "measures", "--output", str(path), *REVEAL)
        assert terminal.document("sup", "measures", "done", str(path)) == counted(unanswered=2)
        assert [status for _number, _measure, status in listed(terminal)] == ["owed", "failed"]

    filled = path.read_text(encoding="utf-8-sig").splitlines()
    columns = next(csv.reader([filled[0]]))
    rows = [dict(zip(columns, row, strict=True)) for row in csv.reader(filled[1:])]
    terminal.site.clock.advance(minutes=1)
    rows[0]["done_at"] = "2026-11-24 10:02"
    lines = [",".join(f'"{value}"' for value in row.values()) for row in rows]
    assert report(terminal, tmp_path, filled[0], *lines) == counted(done=1, unanswered=1)
    assert [status for _number, _measure, status in listed(terminal)] == ["done", "failed"]

    rows[1]["done_at"] = "2026-11-24 10:02"
    assert report(terminal, tmp_path, filled[0], ",".join(rows[1].values())) == counted(done=1)
    rows[1] |= {"done_at": "", "failure": "again", "failed_at": ""}
    done = write(tmp_path, filled[0], ",".join(rows[1].values()))
    assert "confirmed as done" in refused(terminal.as_person("sup", "measures", "done", done), 65)


@pytest.mark.parametrize("keeps_numbers", [True, False])
def test_a_pass_after_a_bar_of_an_earlier_version_owes_the_restoring(
    terminal: Terminal, case: str, tmp_path: Path, *, keeps_numbers: bool
) -> None:
    bar(terminal, case)
    with terminal.site.services("admin").context.write() as session:
        session.execute(text("DELETE FROM measure_order"))
        if not keeps_numbers:
            session.execute(text("UPDATE decision SET seen = :seen"), {"seen": json.dumps({"items": []})})
    assert "nobody recorded whether it was carried out" in terminal.as_person("a", "show", case).stdout
    lift(terminal, case)
    terminal.site.clock.advance(minutes=1)

    assert [row["msisdn"] for row in work_list(terminal, tmp_path / "list.csv")] == [ONE, TWO]


def last_letter(terminal: Terminal) -> str:
    return str(terminal.document("a", "notices")["notices"][-1]["body"])


@pytest.mark.parametrize("is_reported", [True, False])
def test_a_fail_after_a_reopening_says_that_the_bar_no_longer_applies(
    terminal: Terminal, case: str, tmp_path: Path, is_reported: bool
) -> None:
    decide(terminal, case, "fail", "--final", *BAR[1:])
    terminal.document("b", "check", case, "approve", "--note", "seen")
    terminal.site.clock.advance(minutes=1)
    if is_reported:
        report(terminal, tmp_path, "1", "2")
    terminal.document("sup", "reopen", case, "--reason", "x")
    now, then = ("自即日起解除", "已安排解除") if is_reported else ("予以取消", "已取消")
    lifted = f"对下列号码{'' if is_reported else '尚未执行'}的限制措施{{}}：138••••••01、138••••••02（限呼，共2个）。"
    assert f"暂不改变。{lifted.format(now)}" in last_letter(terminal)

    decide(terminal, case, "fail", "--reason", "ACT-PEAK-HOUR")

    assert f"此前通知采取的限制措施不再执行。{lifted.format(then)}" in last_letter(terminal)
    assert "本次未对号码采取限制措施" not in last_letter(terminal)


def test_one_number_can_be_barred_alone(terminal: Terminal, case: str) -> None:
    """Orders, letters, exports, undo and the restoring pass are about the chosen numbers only."""
    only_two, masked_one = ("--number", TWO), ("--number", "138••••••01")
    decide(terminal, case, *BAR, *only_two)
    assert listed(terminal) == [("138••••••02", "bar-out", "unreleased")]
    terminal.document("a", "undo", case)
    assert listed(terminal) == [("138••••••02", "bar-out", "cancelled")]

    first = terminal.document("a", "decide", case, *BAR, *only_two)["notice"]
    assert "下列号码暂停呼出服务（限呼），呼入不受影响：138••••••02（共1个）" in first
    terminal.site.clock.advance(minutes=1)
    terminal.document("a", "resubmit", case)
    second = decide(terminal, case, *BAR[:-1], "bar-both", *masked_one)["notice"]
    assert "下列号码暂停呼出和呼入服务（双停）：138••••••01（共1个）" in second
    assert "此前已采取的限制措施（限呼：138••••••02，共1个）继续有效。" in second
    terminal.site.clock.advance(minutes=1)
    assert listed(terminal)[1:] == [("138••••••02", "bar-out", "owed"), ("138••••••01", "bar-both", "owed")]

    passed = lift(terminal, case)
    assert "138••••••02（限呼，共1个）" in passed
    assert "138••••••01（双停，共1个）" in passed
    assert {status for _number, _measure, status in listed(terminal)} == {"cancelled"}
    assert terminal.as_person("audit", "audit", "verify").exit_code == 0


def test_a_checker_sees_the_chosen_numbers_and_approves_only_these(
    terminal: Terminal, case: str, tmp_path: Path
) -> None:
    decide(terminal, case, *BAR, "--final", "--number", TWO)
    [staged] = terminal.document("b", "show", case)["decisions"]
    assert staged["numbers"] == ["138••••••02"]
    swap = "UPDATE decision SET seen = replace(seen, :was, :became)"
    for was, became in ((TWO, ONE), ('"chosen": {', '"other": {')):
        with terminal.site.services("admin").context.write() as session:
            session.execute(text(swap), {"was": was, "became": became})
        assert "D-000001" in refused(terminal.as_person("audit", "audit", "verify"), 74)
        assert case in refused(terminal.as_person("b", "check", case, "approve", "--note", "seen"), 77)
        with terminal.site.services("admin").context.write() as session:
            session.execute(text(swap), {"was": became, "became": was})
    assert terminal.as_person("audit", "audit", "verify").exit_code == 0

    for _time in range(2):
        terminal.document("b", "check", case, "approve", "--note", "seen")
        assert [order for order in listed(terminal) if order[2] != "cancelled"] == [
            ("138••••••02", "bar-out", "unreleased")
        ]
        terminal.document("b", "undo", case)
    terminal.document("b", "check", case, "approve", "--note", "seen")
    file = tmp_path / "decisions.jsonl"
    terminal.document("admin", "export", "decisions", "--output", str(file), "--format", "jsonl")
    assert [json.loads(line)["msisdn"] for line in file.read_text(encoding="utf-8").splitlines()] == ["138••••••02"]

    amend_policy(terminal.site, (PERIODS[0][0], 'keep_in_service = []\n\n[retention.periods]\nsnapshots = "7 days"'))
    terminal.site.clock.advance(days=1)
    sent = tmp_path / "sent.txt"
    sent.write_text("".join(f"{one['id']}\n" for one in terminal.document("sup", "notices", "list")["notices"]))
    terminal.document("sup", "notices", "sent", str(sent))
    [barred] = work_list(terminal, tmp_path / "list.csv")
    report(terminal, tmp_path, barred["order"])
    terminal.site.clock.advance(days=100)
    erased = terminal.document("admin", "retention", "apply", "--reason", "period over", "--yes")
    assert erased["by_kind"] == {"snapshots": 1}
    assert terminal.document("b", "show", case)["decisions"][0]["numbers"] == ["138••••••02"]
    assert terminal.as_person("audit", "audit", "verify").exit_code == 0


def test_nothing_is_ordered_if_the_chosen_number_is_gone(terminal: Terminal, case: str) -> None:
    decide(terminal, case, *BAR, "--final", "--number", TWO)
    with terminal.site.services("admin").context.write() as session:
        session.execute(text("UPDATE application SET msisdns = ''"))

    notice = terminal.document("b", "check", case, "approve", "--note", "seen")["notice"]

    assert listed(terminal) == []
    assert "限呼" not in notice
    assert "本次未对号码采取限制措施" in notice


def test_a_number_that_is_not_one_of_the_case_or_is_unclear_is_refused(terminal: Terminal, case: str) -> None:
    alike = f"{ONE};13800238001;13800338001"
    with terminal.site.services("admin").context.write() as session:
        session.execute(text("UPDATE application SET msisdns = :numbers"), {"numbers": alike})
    terminal.document("a", "next")

    for words, code, sentence in (
        ((*BAR, "--number", "13900139000"), 77, "139••••••00"),
        ((*BAR, "--number", "0a" * 16), 77, "A chosen number is no longer in service"),
        ((*BAR, "--number", "9" * 9_999), 77, "… +"),
        ((*BAR, "--number", "138••••••01"), 77, "3 "),
        ((*BAR[:-2], "--number", ONE), 2, "--measure"),
    ):
        assert sentence in refused(terminal.as_person("a", "decide", case, *words), code)
    assert listed(terminal) == []
