"""The exports are enough to bar the right numbers and to address each letter."""

import csv
import re
from pathlib import Path

import pytest

from db.enums import ImportKind
from tests.cli.framework.terminal import Terminal, refused
from tests.prepared import prepared
from tests.services.intake.importing.files import INDIVIDUAL_DOCUMENTS, PERSON, Desk, application
from tests.sites import SUPPLIER

REVEAL = ("--reveal", "--reason", "to bar the numbers and send the letters")
COMPANY = {"agent": "虚构渠道", "msisdns": "13800138001;13800138002"}
PLACES = {f"地址：{SUPPLIER.address.zh}", f"电话：{SUPPLIER.phone}（{SUPPLIER.hours.zh}）"}


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Three queued cases: A-1 of a company with three numbers in service, A-2 and A-3 of persons with one number."""
    _fill(desk)
    return desk


@prepared
def _fill(desk: Desk) -> None:
    desk.applications(
        application("A-1", **COMPANY),
        application("A-2", **PERSON, agent="", msisdns="13800138003", contact_phone="010-12345678", language="en"),
        application("A-3", **PERSON, agent="虚构渠道", msisdns="13800138004", contact_phone=""),
    )
    cards = [{"agent": "虚构渠道", "application_no": "A-1", "msisdn": f"1380013800{digit}"} for digit in (1, 5, 6)]
    cards[2]["service_ended_on"] = "2026-11-20"
    desk.run(ImportKind.CARDS, cards)
    desk.documents("A-1", agent="虚构渠道")
    desk.documents("A-2", INDIVIDUAL_DOCUMENTS)
    desk.documents("A-3", INDIVIDUAL_DOCUMENTS, agent="虚构渠道")


def decide(terminal: Terminal, desk: Desk, number: str, *words: str, as_login: str = "a") -> str:
    """Decide the case of an application, and return its number."""
    case = f"C-{desk.case(number).id:06}"
    terminal.document("sup", "assign", case, "--to", as_login, "--reason", "x")
    assert terminal.document(as_login, "next")["case"] == case
    terminal.document(as_login, "decide", case, *words)
    return case


def exported(terminal: Terminal, what: str, path: Path, *words: str) -> list[dict[str, str]]:
    """Export to a CSV file, and return its rows."""
    terminal.document("admin", "export", what, "--output", str(path), *words)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def barred(rows: list[dict[str, str]], now: str) -> dict[str, str]:
    """Return the measure of each number, from the exported decisions alone: the last one in force counts."""
    measures: dict[str, str] = {}
    for row in rows:
        in_force = row["status"] in {"applied", "approved"} and row["release_at"] <= now
        if in_force and row["measure"] != "none":
            measures[row["msisdn"]] = row["measure"]
    return measures


def test_the_exported_decisions_say_which_numbers_to_bar(terminal: Terminal, desk: Desk, tmp_path: Path) -> None:
    fail = ("fail", "--reason", "ACT-PEAK-HOUR", "--measure")
    decide(terminal, desk, "A-1", *fail, "bar-both")
    decide(terminal, desk, "A-2", "pending", "--reason", "WAIT-APPLICANT", "--measure", "bar-out")
    undone = decide(terminal, desk, "A-3", *fail, "bar-both", as_login="b")
    terminal.document("b", "undo", undone)
    terminal.site.clock.advance(seconds=60)

    rows = exported(terminal, "decisions", tmp_path / "decisions.csv", *REVEAL)

    assert barred(rows, "2026-11-24T10:01:00+08:00") == {
        "13800138001": "bar-both",
        "13800138002": "bar-both",
        "13800138005": "bar-both",
        "13800138003": "bar-out",
    }
    assert [(row["decision"], row["numbers"]) for row in rows] == [
        ("D-000001", "3"),
        ("D-000001", "3"),
        ("D-000001", "3"),
        ("D-000002", "1"),
        ("D-000003", "0"),
    ]
    masked = exported(terminal, "decisions", tmp_path / "masked.csv")
    assert masked[0]["msisdn"] == "138••••••01"
    assert "13800138001" not in (tmp_path / "masked.csv").read_text(encoding="utf-8-sig")


def test_each_letter_is_a_text_a_page_and_a_short_message(terminal: Terminal, desk: Desk, tmp_path: Path) -> None:
    case = decide(terminal, desk, "A-1", "fail", "--reason", "ACT-PEAK-HOUR", "--measure", "bar-both")
    english = decide(terminal, desk, "A-2", "pending", "--reason", "WAIT-APPLICANT", "--item", "BIZ_LICENSE")
    terminal.site.clock.advance(seconds=60)
    folder = tmp_path / "letters"

    report = terminal.document("admin", "export", "notices", "--to", str(folder), "--sms", *REVEAL)

    left_out = {"left_out": 0, "erased": 0}
    assert report == {"file": str(folder), "format": None, "rows": 5, "revealed": True, **left_out}
    with (folder / "notices.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = {row["file"]: row for row in csv.DictReader(file)}
    names = {path.name for path in folder.iterdir()} - {"notices.csv"}
    assert names == {f"{name}{suffix}" for name in listed for suffix in (".txt", ".html", ".sms.txt")}

    [name] = [name for name in listed if name.startswith(case) and name.endswith("fail")]
    letter, page = ((folder / f"{name}{suffix}").read_text(encoding="utf-8") for suffix in (".txt", ".html"))
    for text in (letter, page):
        assert text.index(SUPPLIER.name.zh) < text.index("收件人：虚构甲号信息服务有限公司（经办人：乙某某）")
        for owed in (*PLACES, "对下列号码暂停呼出和呼入服务（双停）", "13800138005", listed[name]["subject"]):
            assert owed.replace("\n", "") in text.replace("\n", "")
    assert page.startswith('<!DOCTYPE html>\n<html lang="zh-CN">')
    assert (folder / f"{name}.sms.txt").read_text(encoding="utf-8").splitlines() == [
        f"(1/3)【{SUPPLIER.name.zh}】电销卡二次审核结果通知：不通过（可整改），受理编号 {case}。",
        "(2/3)整改期限：2026年12月3日（周四）18:00。提出异议截止日期：2026年12月15日（周二）。已双停3个号码。",
        f"(3/3)通知全文请致电{SUPPLIER.phone}索取。",
    ]
    [name] = [name for name in listed if name.startswith(english) and name.endswith("pending")]
    parts = (folder / f"{name}.sms.txt").read_text(encoding="utf-8").splitlines()
    message = " ".join(re.sub(r"^\(\d/\d\)", "", part) for part in parts)
    assert max(map(len, parts)) <= 70
    assert message == (
        f"{SUPPLIER.name.en}: Secondary review of your telesales cards: pending (something is missing), case "
        f"{english}. Submit by: Tuesday, 1 December 2026. For the whole letter, call {SUPPLIER.phone}."
    )
    (tmp_path / "one").write_text("1\n", encoding="ascii")
    terminal.document("a", "notices", "sent", str(tmp_path / "one"))
    words = ("export", "notices", "--to", str(tmp_path / "rest"), "--unsent")
    assert terminal.document("admin", *words)["rows"] == 4
    assert terminal.document("a", "notices", "sent", str(folder / "notices.csv"))["sent"] == 4


def test_places_that_do_not_go_together_and_folders_with_files_are_refused(terminal: Terminal, desk: Desk) -> None:
    for words in (
        ("notices",),
        ("notices", "--to", "a", "--output", "b.csv"),
        ("decisions", "--to", "a"),
        ("notices", "--to", "a", "--format", "csv"),
        ("notices", "--output", "b.csv", "--sms"),
        ("decisions", "--output", "b.csv", "--unsent"),
    ):
        refused(terminal.as_person("admin", "export", *words, "--json"), 2)
    assert "not empty" in refused(terminal.as_person("admin", "export", "notices", "--to", str(desk.folder)), 73)


@pytest.mark.parametrize("ends", ["before", "after"])
def test_numbers_out_of_service_are_neither_barred_nor_restored(
    terminal: Terminal, desk: Desk, tmp_path: Path, ends: str
) -> None:
    def end_service() -> None:
        desk.run(
            ImportKind.CARDS, [{"application_no": "A-2", "msisdn": "13800138003", "service_ended_on": "2026-11-20"}]
        )

    if ends == "before":
        end_service()
    case = decide(terminal, desk, "A-2", "fail", "--reason", "ACT-PEAK-HOUR", "--measure", "bar-both")
    terminal.site.clock.advance(minutes=1)
    orders = terminal.document("sup", "measures", "list")["measures"]
    assert len(orders) == (ends == "after")
    if orders:
        (tmp_path / "done.txt").write_text("1\n", encoding="utf-8")
        terminal.document("sup", "measures", "done", str(tmp_path / "done.txt"))
        end_service()
    else:
        notice = terminal.document("a", "show", case)["notice"]
        assert "The numbers under review are not restricted." in notice
        assert "barred" not in notice

    terminal.document("a", "resubmit", case)
    terminal.document("a", "next")
    passed = terminal.document("a", "decide", case, "pass", "--reason", "OK-OVERRIDE", "--note", "x")
    assert "restore" not in passed["check_for"]
    terminal.document("b", "check", case, "approve", "--note", "x")
    assert len(terminal.document("sup", "measures", "list")["measures"]) == len(orders)
    assert "restoring" not in terminal.document("a", "show", case)["notice"]
