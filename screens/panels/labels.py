"""The words for domain values on screens; the tables are translated where they are shown."""

from datetime import date

from screens.shell.view import View
from workbench.domain.case.documents import DocumentLine
from workbench.domain.case.vocabulary import (
    ApplicantKind,
    CreditList,
    CreditMatch,
    Measure,
    Quality,
    Verdict,
    WaitsFor,
)
from workbench.domain.evidence.evidence import LONG_TERM, DocumentFacts
from workbench.i18n import _, marked

APPLICANT_KIND: dict[ApplicantKind, str] = {
    ApplicantKind.ENTERPRISE: marked("enterprise"),
    ApplicantKind.SOLE_PROPRIETOR: marked("sole proprietor"),
    ApplicantKind.INDIVIDUAL: marked("individual"),
}
ANSWER: dict[str | None, str] = {"yes": marked("yes"), "no": marked("no"), "n/a": marked("does not apply")}
VERIFICATION: dict[str, str] = {
    "phone": marked("by phone"),
    "registry": marked("in a registry"),
    "visit": marked("by a visit"),
    "department": marked("by another department"),
}
CREDIT_LIST: dict[CreditList, str] = {
    CreditList.ARREARS: marked("arrears"),
    CreditList.COURT: marked("court list"),
    CreditList.ABNORMAL: marked("abnormal operation"),
    CreditList.SERIOUS: marked("serious violation"),
    CreditList.TELECOM: marked("telecom list"),
    CreditList.PUNISHMENT: marked("punishment list"),
}
MATCH: dict[CreditMatch, str] = {
    CreditMatch.EXACT: marked("listed"),
    CreditMatch.NAME_ONLY: marked("same name only"),
    CreditMatch.NONE: marked("none"),
}
WAITS_FOR: dict[WaitsFor, str] = {
    WaitsFor.APPLICANT: marked("the applicant"),
    WaitsFor.CARRIER: marked("the carrier"),
    WaitsFor.REGISTRY: marked("a registry"),
    WaitsFor.DEPARTMENT: marked("another department"),
}
MEASURE: dict[Measure, str] = {
    Measure.NONE: marked("no measure"),
    Measure.BAR_OUT: marked("outbound barred"),
    Measure.BAR_BOTH: marked("both ways barred"),
    Measure.RESTORE: marked("restored"),
}
QUALITY: dict[Quality | None, str] = {Quality.BLURRED: marked("blurred"), Quality.INCOMPLETE: marked("incomplete")}
VERDICT: dict[Verdict, str] = {
    Verdict.PASS: marked("Pass"),
    Verdict.FAIL: marked("Fail"),
    Verdict.PENDING: marked("Pending"),
}
DECIDED: dict[Verdict, str] = {
    Verdict.PASS: marked("passed"),
    Verdict.FAIL: marked("failed"),
    Verdict.PENDING: marked("pending"),
}
CHECK_FOR: dict[str, str] = {
    "final_fail": marked("a final fail"),
    "override": marked("a pass against a blocking finding"),
    "high_risk": marked("a pass at high risk"),
    "restore": marked("restoring the cards"),
}


def validity_words(valid_to: date, view: View) -> str:
    """Return until when a document or licence is valid."""
    return _("long-term") if valid_to == LONG_TERM else _("to {day}").format(day=view.day(valid_to))


def claimed_defects(document: DocumentFacts | DocumentLine, today: date) -> str:
    """Return the defects that the sender declared, empty if there are none; the checklist confirms seal and quality."""
    defects = [_("no seal")] if document.sealed is False else []
    if document.quality in QUALITY:
        defects.append(_(QUALITY[document.quality]))
    if document.valid_to is not None and document.valid_to < today:
        defects.append(_("expired"))
    return ", ".join(defects)
