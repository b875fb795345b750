"""No command prints a personal name without the option to reveal it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.enums import ImportKind
from tests.cli.framework.terminal import Terminal
from tests.prepared import prepared
from tests.services.intake.importing.files import INDIVIDUAL_DOCUMENTS, Desk, application

OF_NOW = ("申样本", "立样本", "使样本")
EARLIER = ("前样本", "旧样本", "昔样本")
PEOPLE = (*OF_NOW, *EARLIER)
SPACED = " ".join(f"{name[:1]} {name[1:]}" for name in PEOPLE)
SAID = f"{'、'.join(PEOPLE)} 都说 {SPACED}"


def people(applicant: str, legal: str, user: str) -> dict[str, str]:
    """Return the cells of an application that has a personal name in every column that can hold one."""
    texts = dict.fromkeys(("business_scope", "stated_use", "call_script", "consent_source"), SAID)
    names = {"applicant_name": applicant, "handler_name": applicant, "legal_rep_name": legal}
    return {**texts, **names, "applicant_kind": "individual", "uscc": "", "language": "zh"}


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Return a desk with one case of a person, updated once, with a name in every field."""
    _fill(desk)
    return desk


@prepared
def _fill(desk: Desk) -> None:
    for names in (EARLIER, OF_NOW):
        desk.applications(application("A-1", **people(*names)))
        card = {"application_no": "A-1", "msisdn": "13800138000", "actual_user_name": names[2]}
        desk.run(ImportKind.CARDS, [card])
    desk.documents("A-1", INDIVIDUAL_DOCUMENTS)
    complaint = {"msisdn": "13800138000", "received_at": "2026-11-20 10:00", "source": SAID, "summary": SAID}
    desk.run(ImportKind.COMPLAINTS, [complaint])


def shown(text: str) -> Iterator[str]:
    """Return the names that a text contains, ignoring spaces and line breaks."""
    squeezed = "".join(text.split())
    return (name for name in PEOPLE if name in squeezed)


def both_ways(terminal: Terminal, login: str, *words: str) -> str:
    """Return what a command prints as text and as JSON."""
    printed = ""
    for more in ((), ("--json",)):
        result = terminal.as_person(login, *words, *more)
        assert result.exit_code == 0, result.output
        printed += result.output
    return printed


def decided(terminal: Terminal) -> list[str]:
    """Take, comment, decide and undo a case, each as text and as JSON; return everything printed."""
    printed = [both_ways(terminal, "a", "next")]
    printed += [both_ways(terminal, "a", "comment", "C-1", SAID)]
    printed += [both_ways(terminal, "a", "verify", "C-1", "phone", "--result", SAID)]
    texts = ("--letter", SAID, "--note", SAID, "--item", f"ID-NAME:{SAID}")
    fail = ("decide", "C-1", "fail", "--reason", "ID-NAME", *texts)
    printed += [terminal.as_person("a", *fail).output]
    assert "Notice" in printed[-1]
    printed += [terminal.as_person("a", "undo", "C-1").output]
    done = terminal.document("a", *fail)
    assert done["notice"]
    return [*printed, json.dumps(done, ensure_ascii=False)]


@pytest.mark.promise("P8")
def test_no_action_on_a_case_prints_a_name(terminal: Terminal, desk: Desk) -> None:
    for printed in decided(terminal):
        assert list(shown(printed)) == []


@pytest.mark.promise("P8")
def test_no_list_and_no_single_case_prints_a_name(terminal: Terminal, desk: Desk) -> None:
    decided(terminal)

    for words in (("show", "C-1"), ("notices",), ("queue", "--filter", "state:all"), ("imports",), ("explain", "C-1")):
        for login in ("a", "audit"):
            assert (words, list(shown(both_ways(terminal, login, *words)))) == (words, [])


@pytest.mark.promise("P8")
def test_no_export_contains_a_name_unless_it_reveals(terminal: Terminal, desk: Desk, tmp_path: Path) -> None:
    decided(terminal)
    terminal.site.clock.advance(seconds=61)
    for what in ("applications", "decisions", "notices", "events"):
        masked, whole = tmp_path / f"{what}.csv", tmp_path / f"{what}.jsonl"
        terminal.document("admin", "export", what, "--output", str(masked))
        terminal.document("admin", "export", what, "--output", str(whole), "--reveal", "--reason", "asked for")

        assert (what, list(shown(masked.read_text(encoding="utf-8")))) == (what, [])
        assert masked.read_text(encoding="utf-8").count("\n") > 1
        # The log never contains personal values.
        assert (what == "events") == (list(shown(whole.read_text(encoding="utf-8"))) == [])


@pytest.mark.promise("N4")
def test_the_reason_of_a_reveal_is_in_the_log_without_a_number(terminal: Terminal, desk: Desk, tmp_path: Path) -> None:
    whole = str(tmp_path / "whole.jsonl")
    terminal.document("admin", "export", "notices", "--output", whole, "--reveal", "--reason", "13800138000 asked")
    terminal.document("admin", "export", "events", "--output", whole)

    last = json.loads(Path(whole).read_text(encoding="utf-8").splitlines()[-1])

    assert last["reason"] == "138••••••00 asked"


def test_a_revealed_case_shows_the_names(terminal: Terminal, desk: Desk) -> None:
    decided(terminal)

    assert list(shown(both_ways(terminal, "a", "show", "C-1", "--reveal"))) == list(PEOPLE)
