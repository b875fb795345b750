"""The commands notices list, notices sent and notices send."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from db.enums import Language
from db.queries.published import NOTICE
from tests.cli.framework.terminal import Terminal, refused
from tests.services.notices.sample_letters import every_clock_letter
from tests.services.outbox.gateways import Script
from workbench.errors import StorageBusy
from workbench.services.notices.bulk_letters import facts_of
from workbench.services.outbox import outbox as recorder
from workbench.services.outbox.recording import record_deliveries


@pytest.fixture
def outbox(terminal: Terminal) -> Terminal:
    """Two cases whose letters are released: a pass and a fail that can be rectified."""
    terminal.site.plant(2)
    failing = ("C-2", "fail", "--reason", "USE-SCRIPT", "--until", "2026-12-01")
    for words in (("C-1", "pass", "--reason", "OK"), failing):
        terminal.document("a", "next")
        terminal.document("a", "decide", *words)
    terminal.site.clock.advance(seconds=60)
    return terminal


def test_the_notices_of_a_case_are_listed_with_who_sent_them_how_and_until_when(
    outbox: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "sent.csv"
    file.write_text("notice,channel,cause\n1,WeChat,\n2,,no answer\n", encoding="utf-8")

    assert outbox.document("sup", "notices", "sent", str(file))["failed"] == 1

    [sent] = outbox.document("a", "notices", "C-1")["notices"]
    [failed] = outbox.document("a", "notices", "list", "C-2", "--unsent")["notices"]
    assert (sent["due_by"], sent["channel"], sent["sent_by"]) == ("2026-11-25T18:00:00+08:00", "wechat", "sup")
    assert (failed["failure"], failed["sent_at"], failed["is_overdue"]) == ("no answer", None, False)
    history = outbox.document("a", "show", "C-2")["notices"]
    assert [(one["kind"], one["fail_kind"], one["failure"]) for one in history] == [("fail", "fixable", "no answer")]
    assert "fail, to rectify" in outbox.as_person("a", "show", "C-2").stdout
    assert "letter sent  pass, WeChat" in outbox.as_person("a", "show", "C-1").stdout
    outbox.site.clock.advance(days=2)
    assert [row["case"] for row in outbox.document("a", "notices", "--overdue")["notices"]] == ["C-000002"]
    shown = outbox.as_person("a", "notices").stdout
    assert "WeChat   sup" in shown
    assert "failed, overdue: “no answer”" in shown
    refused(outbox.as_person("a", "notices", "C-9"), 66)


def test_a_list_of_letters_marks_those_whose_deadline_is_over(outbox: Terminal) -> None:
    for days, mark in ((0, ""), (8, " !")):
        outbox.site.clock.advance(days=days)
        titles, *rows = outbox.as_person("a", "notices").stdout.splitlines()
        assert "Its deadline" in titles
        assert [f"2026-12-01 18:00{mark}  " in row for row in rows] == [False, True]
    [passed, failed] = outbox.document("a", "notices")["notices"]
    assert (passed["deadline_at"], failed["deadline_at"]) == (None, "2026-12-01T18:00:00+08:00")


def test_a_short_message_names_a_number_of_a_person_only_if_it_is_revealed(outbox: Terminal, tmp_path: Path) -> None:
    [letter] = [one for one in every_clock_letter(Language.ZH) if one.item]
    facts = facts_of(replace(letter, item="请13900139000来电"))
    with outbox.site.services("sup").context.write() as session:
        session.execute(update(NOTICE).where(NOTICE.c.id == 2).values(kind=letter.kind, facts=facts))

    for reveal in ((), ("--reveal", "--reason", "x")):
        folder = tmp_path / f"letters{len(reveal)}"
        told = outbox.as_person("admin", "export", "notices", "--to", str(folder), "--sms", *reveal).stderr
        assert ("Names and numbers of people are masked; add --reveal" in told) is not bool(reveal)

        [message] = folder.glob("*-000002-*.sms.txt")
        assert "整改项：请139" in message.read_text(encoding="utf-8")
        assert ("13900139000" in message.read_text(encoding="utf-8")) is bool(reveal)


def test_a_report_names_moved_deadlines_and_cases_that_lapsed(outbox: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "sent.csv"
    file.write_text("notice,sent_at\n2,2026-11-26 09:00\n", encoding="utf-8")
    outbox.site.clock.advance(days=14)
    assert outbox.document("sup", "tick")["lapsed"] == 1

    result = outbox.as_person("sup", "notices", "sent", str(file))

    assert result.stderr.splitlines() == [
        "1 letter is marked as sent.",
        "Sent late, so these deadlines moved on: C-000002 2026-12-03.",
        "These cases lapsed although their letters were sent late; a supervisor must look: C-000002.",
    ]


def test_a_report_that_is_stopped_says_what_is_recorded_and_can_be_repeated(
    outbox: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "sent"
    file.write_text("1\n2\n", encoding="utf-8")
    calls = list[int]()

    def fails_second(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise StorageBusy("busy")
        return record_deliveries(*arguments)

    monkeypatch.setattr(recorder, "record_deliveries", fails_second)
    monkeypatch.setattr(recorder, "_COST_TOGETHER", 1)
    result = outbox.as_person("sup", "notices", "sent", str(file))
    assert result.exit_code == 75
    assert result.stderr.splitlines() == [
        "1 letter is marked as sent.",
        "workbench: The database is busy: at least 1 of 2 entries are recorded. Run the command again for the rest.",
    ]
    again = outbox.document("sup", "notices", "sent", str(file))
    assert (again["sent"], again["already_sent"]) == (1, 1)
    assert outbox.as_person("sup", "notices", "sent", str(file)).stderr == "2 letters were already sent.\n"


def test_letters_are_handed_to_a_program(outbox: Terminal, tmp_path: Path) -> None:
    script = Script(tmp_path)

    report = outbox.document("sup", "notices", "send", "--with", script.command, "--limit", "1")

    assert (report["sent"], report["failed"], report["skipped"]) == (1, 0, 0)
    result = outbox.as_person("admin", "notices", "send", "--with", script.command)
    assert result.stderr == "1 letter is marked as sent.\n"
    assert len(set(script.keys())) == 2
    refused(outbox.as_person("a", "notices", "send", "--with", script.command), 77)
    refused(outbox.as_person("sup", "notices", "send", "--with", "no-such-program-here"), 66)
