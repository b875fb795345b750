"""Handlers and legal representatives with a passport, a permit or another identity document."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.framework.terminal import Terminal
from tests.services.intake.importing.files import Desk, application

PASSPORT, MILITARY = "E12345678", "军字第1234567号"


@pytest.fixture
def desk(terminal: Terminal, tmp_path: Path) -> Desk:
    return Desk(terminal.site, tmp_path)


def imported(terminal: Terminal, desk: Desk, **cells: str) -> Any:
    """Import an application and return its case as `show` prints it."""
    path = desk.write([application("A-1", **cells)])
    terminal.document("admin", "import", "applications", str(path))
    return terminal.document("a", "show", "C-1")


def found(case: Any) -> tuple[str, str] | None:
    """Return severity and text of what the rule of ID numbers found."""
    return next(((one["severity"], one["text"]) for one in case["findings"] if one["rule"] == "ID-RIC"), None)


NUMBERS = (
    (PASSPORT, "passport", None),
    (PASSPORT, "护照", None),
    ("H12345678", "港澳居民来往内地通行证", None),
    ("12345678", "台胞证", None),
    ("USA110180010212", "外国人永久居留身份证", None),
    ("123456789", "Passport", "warn"),
    (MILITARY, "军官证", "warn"),
    ("1234567", "police", "warn"),
    (PASSPORT, "", "warn"),
    ("H123", "hmt_permit", "block"),
    (PASSPORT, "身份证", "block"),
    ("110105194912310021", "", "block"),
)
"""The number of a document, its kind as stated, and the severity of the finding about it."""


def test_a_number_that_nothing_public_checks_is_a_warning_and_a_wrong_one_blocks(
    terminal: Terminal, desk: Desk
) -> None:
    desk.applications(
        *(
            application(f"A-{at}", handler_id_no=number, handler_id_type=id_type, uscc="")
            for at, (number, id_type, _severity) in enumerate(NUMBERS, start=1)
        )
    )
    for at, (_number, _id_type, severity) in enumerate(NUMBERS, start=1):
        finding = found(terminal.document("a", "show", f"C-{at}"))
        assert (finding and finding[0]) == severity, NUMBERS[at - 1]
        if severity == "warn":
            assert finding is not None
            assert "check it by hand" in finding[1]


def test_the_kind_is_shown_as_stated_or_inferred_and_the_number_masked(terminal: Terminal, desk: Desk) -> None:
    cells = {"handler_id_no": "H12345678", "legal_rep_id_no": MILITARY, "legal_rep_id_type": "军官证"}
    identity = imported(terminal, desk, **cells)["identity"]
    assert (identity["handler_id_type"], identity["legal_rep_id_type"]) == ("hmt_permit", "military")
    assert identity["handler_id_no"] == "H••••••78"
