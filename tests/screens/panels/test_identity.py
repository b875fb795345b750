"""Which fields and cards of the identity panel are marked."""

from dataclasses import replace
from typing import Any

from db.enums import InquiryOutcome, InquiryStatus
from screens.panels.calls import calls_lines
from screens.panels.case_header import story_lines
from screens.panels.identity import identity_lines
from screens.shell.view import UNICODE, ZONE, View
from tests.screens.cases import ID_NO, MSISDNS, NOW, application, casefile, clean
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.records import VerificationLine
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.facts.inquiry_lines import InquiryLine
from workbench.domain.policy.settings import BilingualText
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


def inquiry(question: str, **changes: Any) -> InquiryLine:
    """Return an open inquiry."""
    values: dict[str, Any] = {
        "id": 1,
        "case_id": 1,
        "department": "fraud",
        "name": BilingualText("Anti-fraud", "反诈风控部"),
        "question": question,
        "asked_by": "a",
        "asked_at": NOW,
        "due_at": NOW,
        "reminded_at": None,
        "status": InquiryStatus.OPEN,
        "outcome": None,
        "note": "",
        "ended_at": None,
        "ended_by": None,
        "is_overdue": False,
        "has_document": False,
    }
    return InquiryLine(**(values | changes))


def test_a_contradicted_answer_stands_above_the_panels_and_once_in_them() -> None:
    outcome, ended = InquiryOutcome.CONTRADICTED, {"ended_at": NOW, "ended_by": "ver1", "note": "not our number"}
    line = inquiry("Known?", status=InquiryStatus.ANSWERED, outcome=outcome, **ended)
    result = "I-000001 · Anti-fraud · contradicted · not our number"
    verified = VerificationLine(kind="department", result=result, by="ver1", at=NOW)
    case = replace(masked(clean()), inquiries=(line,), verifications=(verified,))

    [above, *_others] = story_lines(case, VIEW, 100, 40)
    assert above.plain.startswith("! I-000001, Anti-fraud: “Known?” contradicted")
    lines = panel(case)
    assert [line for line in lines if "contradicted" in line] == [
        f"   contradicted  not our number  ver1  {VIEW.instant(NOW)}"
    ]
    assert " ! Anti-fraud  Known?" in lines
    assert "External verification" not in lines
    typed = replace(verified, kind="phone", result="I-000001 was wrong: it is our number")
    wrong = replace(typed, kind="department")
    for one in (typed, wrong, replace(verified, kind="phone")):
        assert "External verification" in panel(replace(case, verifications=(one,)))


def test_a_long_question_and_answer_are_whole() -> None:
    question, result = (
        "Is this number known to you as one of the fraud of last May, or of June? " * 2,
        "yes, known " * 12,
    )
    line = inquiry(question.strip())
    verified = VerificationLine(kind="department", result=result.strip(), by="ver1", at=NOW)

    lines = panel(replace(masked(clean()), inquiries=(line,), verifications=(verified,)))

    assert max(map(len, lines)) <= 60
    text = " ".join(" ".join(lines).split())
    assert f"Anti-fraud {question.strip()} not answered yet" in text
    assert f"{result.strip()} ver1" in text


def test_a_question_of_the_checklist_is_wrapped_and_not_cut() -> None:
    case = casefile(1, clean())
    shown = " ".join("\n".join(panel(case)).replace("unanswered", "").split())
    assert [line.text.en for line in case.checklist if line.text.en not in shown] == []
