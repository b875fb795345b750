"""`show --at` redraws a case as it was on the desk when a decision was made."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from db.enums import DocumentKind, ImportKind
from tests.cli.framework.terminal import Terminal, refused
from tests.prepared import prepared
from tests.services.intake.importing.files import Desk, application

FAIL = ("decide", "C-1", "fail", "--reason", "ID-NAME", "--item", "ID-NAME:names differ", "--letter", "causes")


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Return a desk with one case that has cards, a complaint and a credit record."""
    _fill(desk)
    return desk


@prepared
def _fill(desk: Desk) -> None:
    desk.applications(application("A-1"))
    desk.run(ImportKind.CARDS, [{"application_no": "A-1", "msisdn": "13800138000", "activated_on": "2026-01-01"}])
    complain(desk, "2026-11-20 10:00")
    desk.run(ImportKind.CREDIT, [{"subject_no": "91110000600037341L", "list": "court", "match": "exact"}])
    calls = [
        {
            "caller": "13800138000",
            "callee": f"0108888{second:04}",
            "start_at": f"2026-11-20 10:00:{second:02}",
            "duration_s": "3",
        }
        for second in range(40)
    ]
    desk.run(ImportKind.CALLS, calls)
    desk.documents("A-1")


def complain(desk: Desk, at: str) -> None:
    desk.run(ImportKind.COMPLAINTS, [{"msisdn": "13800138000", "received_at": at, "source": "12321"}])


def decide(terminal: Terminal) -> Any:
    """Take the case, answer and confirm something, and fail it; return the case as it was shown just before."""
    for words in (
        ("next",),
        ("checklist", "C-1", "NAMES-EQUAL", "no", "--note", "not at all"),
        ("verify", "C-1", "phone", "--result", "nobody answers"),
    ):
        result = terminal.as_person("a", *words)
        assert result.exit_code == 0, result.output
    terminal.site.clock.advance(seconds=1)
    shown = terminal.document("a", "show", "C-1")
    terminal.document("a", *FAIL)
    return shown


def change_everything(terminal: Terminal, desk: Desk) -> None:
    """Change all that the reviewer saw, days later."""
    terminal.site.clock.advance(days=2)
    desk.applications(
        application("A-1", handler_name="丙某", stated_use="something else", licence_valid_to="2026-01-01")
    )
    complain(desk, "2026-11-25 10:00")
    desk.documents("A-1", [DocumentKind.BIZ_LICENSE], content="again", received_at="2026-11-25 15:00")
    for words in (("class", "C-1", "maximum"), ("priority", "C-1", "urgent")):
        assert terminal.as_person("sup", *words, "--reason", "test").exit_code == 0
    assert terminal.as_person("a", "next").exit_code == 0
    assert terminal.as_person("a", "checklist", "C-1", "NAMES-EQUAL", "yes").exit_code == 0
    assert terminal.as_person("a", "verify", "C-1", "registry", "--result", "found").exit_code == 0


def test_the_text_shows_what_was_answered_confirmed_and_decided(terminal: Terminal, desk: Desk) -> None:
    decide(terminal)
    change_everything(terminal, desk)

    shown = terminal.as_person("audit", "show", "C-1", "--at", "d-000001").stdout

    for words in ("not at all", "phone: nobody answers", "ID-NAME: names differ", "causes", "D-000001 by a"):
        assert words in shown, words
    assert "found" not in shown


def test_what_was_not_kept_or_was_undone_is_named(terminal: Terminal, desk: Desk) -> None:
    decide(terminal)
    complain(desk, "2026-11-23 10:00")
    desk.sql("SELECT 1")
    with terminal.site.services("admin").context.write() as session:
        kept = json.loads(session.execute(text("SELECT seen FROM decision")).scalar_one())
        del kept["header"], kept["evidence_seq"]
        session.execute(text("UPDATE decision SET seen = :seen"), {"seen": json.dumps(kept)})

    gaps = terminal.document("a", "show", "C-1", "--at", "D-1", "--reveal")["seen"]["not_redrawn"]

    assert ["imports" in gaps[0], "due date" in gaps[1], "masked" in gaps[2]] == [True] * 3
    assert terminal.site.actions(1)[-1] == "reveal"


def test_an_import_that_was_undone_after_the_decision_is_named(terminal: Terminal, desk: Desk) -> None:
    desk.applications(application("A-2", uscc="", applicant_name="虚构乙号"))
    decide(terminal)
    batch = max(row.id for row in desk.sql("SELECT id FROM import_batch"))
    assert terminal.as_person("admin", "imports", "undo", f"B-{batch}").exit_code == 0

    assert f"B-{batch:06} was undone" in terminal.document("a", "show", "C-1", "--at", "D-1")["seen"]["not_redrawn"][0]


def test_only_decisions_of_the_case_can_be_named_and_the_auditor_reveals_nothing(
    terminal: Terminal, desk: Desk
) -> None:
    decide(terminal)
    (other,) = terminal.site.plant()

    assert "no decision D-000009" in refused(terminal.as_person("a", "show", "C-1", "--at", "D-9"), 66)
    refused(terminal.as_person("a", "show", f"C-{other}", "--at", "D-1"), 66)
    refused(terminal.as_person("a", "show", "C-1", "--at", "C-1"), 66)
    refused(terminal.as_person("audit", "show", "C-1", "--at", "D-1", "--reveal"), 77)
    assert "乙某某" in terminal.as_person("a", "show", "C-1", "--at", "D-1", "--reveal").stdout
