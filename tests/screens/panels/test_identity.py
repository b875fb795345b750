"""Which fields and cards of the identity panel are marked."""

from dataclasses import replace

from screens.panels.calls import calls_lines
from screens.panels.identity import identity_lines
from screens.shell.view import UNICODE, ZONE, View
from tests.screens.cases import ID_NO, MSISDNS, NOW, application, casefile, clean
from workbench.domain.case.casefile import CaseFile
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.text.redaction import Redaction
from workbench.services.case.masking import masked_casefile

WRONG = f"{ID_NO[:-1]}1"
VIEW = View(now=NOW, zone=ZONE, symbols=UNICODE)


def panel(case: CaseFile) -> list[str]:
    """Return the lines of the panel below its findings."""
    lines = [line.content.plain.rstrip() for line in identity_lines(case, VIEW, 60)]
    return lines[lines.index("") :]


def masked(found: Evidence) -> CaseFile:
    """Return a case as the desk gets it."""
    return masked_casefile(casefile(1, found), Redaction.of(()))


def test_a_finding_of_an_earlier_version_marks_the_person_that_its_fact_is_about() -> None:
    case = casefile(1, replace(clean(), application=application(legal_rep_id_no=WRONG)))
    unnamed = replace(case, findings=tuple(replace(finding, subject="") for finding in case.findings))
    assert [line[-1] for line in panel(unnamed) if line.startswith(" ID number")] == ["✓", "✗"]


def test_the_calls_of_each_card_with_too_many_handsets_are_marked() -> None:
    found = clean()
    calls = tuple(replace(call, handsets=handsets) for call, handsets in zip(found.calls, (1, 5, 4), strict=True))
    lines = [line.content.plain for line in calls_lines(masked(replace(found, calls=calls)), VIEW, 60)]
    shown = [line for line in lines if line[1:4] == MSISDNS[0][:3]]
    assert [line[0] for line in shown] == [" ", "✗", "✗"]
